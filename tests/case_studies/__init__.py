"""The full validation on public data, written up from what the runs say."""
