"""python -m benchmarks: everything, in about ten minutes; `--quick` in one, to see that it runs."""

if __name__ == "__main__":  # every client process imports this module, and need not know how to plot
    from benchmarks.run import main

    main()
