"""`python -m cds_service`: the command line, where no script is installed."""

from cds_service.cli import main

if __name__ == "__main__":
    main(prog_name="cds-service")
