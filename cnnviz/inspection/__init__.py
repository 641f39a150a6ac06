"""Inside a trained network: activations and weights, layer by layer, step by step. No Streamlit."""
