import '../engine/door/worker.ts';
