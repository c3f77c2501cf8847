from clorp_cli.main import main

main()
