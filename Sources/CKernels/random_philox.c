// One block of Philox 4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
#include "fidelio_random.h"
#include "random_philox.h"

void fid_philox4x32_10(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]}, k[2] = {key[0], key[1]};
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        uint64_t a = (uint64_t)c[0] * PHILOX_MULTIPLIER_0, b = (uint64_t)c[2] * PHILOX_MULTIPLIER_1;
        uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k[0], (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k[1], (uint32_t)a};
        for (int i = 0; i < 4; i++) c[i] = next[i];
        k[0] += PHILOX_KEY_STEP_0;
        k[1] += PHILOX_KEY_STEP_1;
    }
    for (int i = 0; i < 4; i++) out[i] = c[i];
}
