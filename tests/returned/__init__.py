"""What is brought back in the tests of restores: tables that the other models have not."""
