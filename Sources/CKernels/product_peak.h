// Peak throughput of a core: a tile's worth of independent chains of fma that never leave registers. For benchmarks only, no result depends on
// it. Included by the product files, once per vector width.

// Runs `rounds` iterations of TILE_ROWS * TILE_VECTORS chains. `values`: TILE_ROWS * TILE_COLUMNS floats, read and written.
void PEAK(int64_t rounds, float *values) {
    vec sum[TILE_ROWS * TILE_VECTORS];
    const vec half = (vec)(0.5f), one = (vec)(1.0f);  // x / 2 + 1 stays near 2: no overflow, no subnormal
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE_ROWS * TILE_VECTORS; i++) sum[i] = load(values + i * LANES);
    for (int64_t round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int i = 0; i < TILE_ROWS * TILE_VECTORS; i++) sum[i] = FMA(sum[i], half, one);
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE_ROWS * TILE_VECTORS; i++) store(values + i * LANES, sum[i]);
}
