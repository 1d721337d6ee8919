/// Python's random generator, only for reproducing published draws.
///
/// MT19937 seeded by `init_by_array` as Python seeds from an integer; `random()` joins 27 and 26 bits to a fraction of 53.
/// - Source: Matsumoto and Nishimura 1998; the known answers are in the tests.
struct MersenneTwister {
    private var state: [UInt32]
    private var index = 624

    /// Seeds like `random.seed(seed)`.
    init(seed: UInt64) {
        state = Self.linear(19_650_218)
        let key = seed >> 32 == 0 ? [UInt32(truncatingIfNeeded: seed)] : [UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)]
        var (i, j) = (1, 0)
        for _ in 0..<max(624, key.count) {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_664_525)) &+ key[j] &+ UInt32(j)
            (i, j) = (i + 1, (j + 1) % key.count)
            if i == 624 { (state[0], i) = (state[623], 1) }
        }
        for _ in 0..<623 {
            state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_566_083_941)) &- UInt32(i)
            i += 1
            if i == 624 { (state[0], i) = (state[623], 1) }
        }
        state[0] = 0x8000_0000
    }

    private static func linear(_ seed: UInt32) -> [UInt32] {
        var state = [seed]
        for i in 1..<624 { state.append(1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i)) }
        return state
    }

    /// The next number on [0, 1).
    mutating func random() -> Double {
        let (a, b) = (next() >> 5, next() >> 6)
        return (Double(a) * 67_108_864 + Double(b)) / 9_007_199_254_740_992
    }

    mutating func next() -> UInt32 {
        if index == 624 { refill() }
        var y = state[index]
        index += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        return y ^ (y >> 18)
    }

    private mutating func refill() {
        for i in 0..<624 {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % 624] & 0x7fff_ffff)
            state[i] = state[(i + 397) % 624] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
        }
        index = 0
    }
}
