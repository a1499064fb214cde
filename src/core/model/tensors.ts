/** A dense row-major tensor. Engines use float32, the reference float64. */
export interface Tensor {
  shape: number[];
  data: Float32Array | Float64Array;
}

/**
 * All parameters of a model by PyTorch's names, in a fixed order (the order of insertion):
 * for each layer k `rnn.weight_ih_lk` [G·H, inputSize], `rnn.weight_hh_lk` [G·H, H], `rnn.bias_ih_lk` [G·H], `rnn.bias_hh_lk` [G·H]
 * (backward direction: the same with suffix `_reverse`), with highway connections for k ≥ 1 `highway.weight_lk` [H, inputSize], `highway.bias_lk` [H],
 * then `out.weight` [V, features], `out.bias` [V]. G: LSTM i,f,g,o · GRU r,z,n · 1 for RNNs. Layer 0 reads one-hot characters: inputSize = V.
 */
export type ParameterSet = Map<string, Tensor>;
