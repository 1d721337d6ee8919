import Numerics

/// Random numbers as the statistics draw them.
enum RandomStreamProbe {
    static func integers(_ name: String, below bound: Int, step: Int, count: Int) -> [Int] {
        RandomStream(seed: 0, name: name).integers(below: bound, step: UInt64(step), count: count)
    }
}
