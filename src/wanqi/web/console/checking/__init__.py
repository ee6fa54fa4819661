"""报送前核对: a draft read before it is sent, the explanations that are remembered, the checks that are kept."""
