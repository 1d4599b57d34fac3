"""Commands about the machine that framejudge runs on."""
