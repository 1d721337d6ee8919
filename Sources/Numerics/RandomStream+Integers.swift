import CKernels

/// Unbiased integers, and permutations derived from them.
///
/// The integer at an index owns the four words of block `index`, that is, words 4 index ... 4 index + 3 of the step: two 64-bit candidates,
/// low word first. A candidate x yields the high 64 bits of x n; it is rejected if the low 64 bits are less than 2^64 mod n
/// (Lemire 2019). After two rejections, blocks index + 2^56, index + 2 * 2^56, ... are tried in turn.
extension RandomStream {
    /// The integer at (step, index), uniform on 0..<bound.
    /// - Precondition: bound > 0; 0 <= index < 2^56.
    public func integer(below bound: Int, step: UInt64, index: Int) -> Int {
        precondition(bound > 0, "bound \(bound), expected > 0")
        precondition(index >= 0 && index < 1 << 56, "index \(index), expected 0..<2^56")
        var block = UInt64(index)
        while true {
            let words = candidates(block: block, step: step)
            for candidate in [words.0, words.1] {
                if let value = Self.accepted(candidate, below: bound) { return value }
            }
            block += 1 << 56
        }
    }

    /// The integers at indices start..<start + count, each uniform on 0..<bound: sampling with replacement.
    public func integers(below bound: Int, step: UInt64, start: Int = 0, count: Int) -> [Int] {
        integers(step: step, start: start, count: count) { _ in bound }
    }

    /// A random permutation of 0..<count (Fisher-Yates shuffle): for i ascending, the number at i is swapped with the one at
    /// i + integer(below: count - i, step, index: i).
    public func permutation(of count: Int, step: UInt64) -> [Int] { choice(count, of: count, step: step) }

    /// `count` distinct numbers from 0..<total in random order (sampling without replacement): a prefix of `permutation(of: total, step: step)`.
    /// - Precondition: 0 <= count <= total.
    public func choice(_ count: Int, of total: Int, step: UInt64) -> [Int] {
        precondition(0...total ~= count, "\(count) distinct numbers from \(total), expected 0...\(total)")
        var numbers = Array(0..<total)
        let jumps = integers(step: step, start: 0, count: count) { total - $0 }
        for (i, jump) in jumps.enumerated() { numbers.swapAt(i, i + jump) }
        return Array(numbers[..<count])
    }

    private func integers(step: UInt64, start: Int, count: Int, below bound: (Int) -> Int) -> [Int] {
        let words = words(step: step, start: 4 * start, count: 4 * count)
        return (0..<count).map { i in
            let first = UInt64(words[4 * i]) | UInt64(words[4 * i + 1]) << 32
            let bound = bound(start + i)
            return Self.accepted(first, below: bound) ?? integer(below: bound, step: step, index: start + i)
        }
    }

    private static func accepted(_ candidate: UInt64, below bound: Int) -> Int? {
        let (high, low) = candidate.multipliedFullWidth(by: UInt64(bound))
        if low < UInt64(bound), low < (0 &- UInt64(bound)) % UInt64(bound) { return nil }
        return Int(high)
    }

    /// The two 64-bit words of a block.
    private func candidates(block: UInt64, step: UInt64) -> (UInt64, UInt64) {
        func halves(_ x: UInt64) -> [UInt32] { [UInt32(truncatingIfNeeded: x), UInt32(x >> 32)] }
        var words = [UInt32](repeating: 0, count: 4)
        unsafe fid_philox4x32_10(halves(block) + halves(step), halves(key), &words)
        return (UInt64(words[0]) | UInt64(words[1]) << 32, UInt64(words[2]) | UInt64(words[3]) << 32)
    }
}
