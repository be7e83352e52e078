"""The steps by which the store's schema came about; run by `store.schema`, one file each in `versions/`."""
