/** What the engine calls. Addresses are bytes in the imported memory; nothing is allocated here. */
export * from './products';
export * from './panels';
export * from './cells';
export * from './loss';
export * from './optimizers';
export * from './stream';
export { mapFunction } from './functions';
