"""The domain's rules, told a second time: each says what is wrong with an event, given those before."""
