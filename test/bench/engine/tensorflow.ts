/** TensorFlow.js on its WebAssembly backend, where somebody has installed it: the same step, written with its operations. */
import type { Case } from './case.ts';
import { randomIndices } from './case.ts';

const names = { core: '@tensorflow/tfjs', backend: '@tensorflow/tfjs-backend-wasm' };

/** Characters per second of one LSTM layer's training step, or null where the packages are not installed. */
export async function tensorFlowRate(
  { hidden: H, batch: B, time: T, vocabulary: V }: Case,
  seconds: number,
): Promise<number | null> {
  // biome-ignore lint/suspicious/noExplicitAny: an optional package without types here
  let tf: any;
  try {
    tf = ((await import(names.core)) as { default: unknown }).default;
    await import(names.backend);
  } catch {
    return null;
  }
  await tf.setBackend('wasm');
  const uniform = (...shape: number[]) => tf.variable(tf.randomUniform(shape, -0.08, 0.08));
  const [wx, wh, b, wo, bo] = [uniform(V, 4 * H), uniform(H, 4 * H), uniform(4 * H), uniform(H, V), uniform(V)];
  const ids = randomIndices(T * B, V);
  const oneHot = (indices: Int32Array) => tf.cast(tf.oneHot(tf.tensor1d(indices, 'int32'), V), 'float32');
  const x = oneHot(ids);
  const y = oneHot(Int32Array.from(ids, (_, i) => ids[(i + B) % ids.length]!));
  const loss = () => {
    const fromInput = tf.add(tf.matMul(x, wx), b);
    let h = tf.zeros([B, H]);
    let c = tf.zeros([B, H]);
    const states = [];
    for (let t = 0; t < T; t++) {
      const gates = tf.add(tf.slice(fromInput, [t * B, 0], [B, 4 * H]), tf.matMul(h, wh));
      const gate = (k: number) => tf.slice(gates, [0, k * H], [B, H]);
      c = tf.add(tf.mul(tf.sigmoid(gate(1)), c), tf.mul(tf.sigmoid(gate(0)), tf.tanh(gate(2))));
      h = tf.mul(tf.sigmoid(gate(3)), tf.tanh(c));
      states.push(h);
    }
    const logits = tf.add(tf.matMul(tf.concat(states, 0), wo), bo);
    return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), -1)));
  };
  const optimizer = tf.train.adam(1e-3);
  const step = (): void => {
    const value = optimizer.minimize(loss, true);
    value.dataSync();
    value.dispose();
  };
  step();
  const begin = performance.now();
  let steps = 0;
  while (steps === 0 || performance.now() - begin < seconds * 1000) {
    step();
    steps++;
  }
  return (steps * T * B * 1000) / (performance.now() - begin);
}
