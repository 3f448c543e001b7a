"""The domain's rules, told a second time: each looks at every event and says what is wrong with it, given those before."""
