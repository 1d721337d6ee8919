import CKernels
import Canonical

/// A stream of random numbers: a pure function of (seed, name, step, index).
///
/// The generator is Philox 4x32-10 (Salmon et al. 2011). The key is the first 8 bytes, read as a little-endian integer, of the SHA-256 of
/// "fidelio.stream/1", a zero byte, the seed as 8 little-endian bytes, and the name in UTF-8. The words of a step are numbered by `index`:
/// word `index % 4` of the block with counter (index / 4, step).
///
/// A stream serves one purpose, so that a new use of random numbers never changes existing ones:
/// ```swift
/// let order = RandomStream(seed: 0, name: "data/order").permutation(of: 60_000, step: epoch)
/// ```
public struct RandomStream: Sendable, Hashable {
    /// The Philox key.
    public let key: UInt64

    /// Creates the stream of a seed and a name.
    /// - Parameter name: the purpose, such as "data/order"; equal names give equal numbers
    public init(seed: UInt64, name: String) {
        var builder = Digest.Builder()
        builder.update("fidelio.stream/1\0")
        builder.update((0..<8).map { UInt8(truncatingIfNeeded: seed >> (8 * $0)) })
        builder.update(name)
        key = builder.finish().bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    // MARK: Words

    /// The 32-bit word at (step, index).
    public func bits(step: UInt64, index: Int) -> UInt32 { words(step: step, start: index, count: 1)[0] }

    /// The 32-bit words at indices start..<start + count.
    public func words(step: UInt64, start: Int = 0, count: Int) -> [UInt32] {
        unsafe [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let base = buffer.baseAddress {
                unsafe base.withMemoryRebound(to: Float.self, capacity: count) {
                    unsafe draw(FID_BITS, 0, 0, step: step, start: start, count: count, into: $0)
                }
            }
            initialized = count
        }
    }

    // MARK: Real numbers

    /// A distribution of single-precision numbers.
    public enum Distribution: Sendable, Hashable {
        /// low + (high - low) u with u in [0, 1) a multiple of 2^-24. The sum is rounded once and may round up to `high`.
        case uniform(low: Float, high: Float)
        /// Normal with this mean and standard deviation, by Box-Muller.
        case normal(mean: Float, deviation: Float)
        /// mean + deviation n, with n standard normal conditioned on |n| < 2.
        case truncatedNormal(mean: Float, deviation: Float)
    }

    /// The number at (step, index) in [0, 1), a multiple of 2^-24.
    public func uniform(step: UInt64, index: Int) -> Float { Float(bits(step: step, index: index) >> 8) * 0x1p-24 }

    /// The numbers at indices start..<start + count. The number at an index does not depend on `start` or `count`.
    public func numbers(_ distribution: Distribution, step: UInt64, start: Int = 0, count: Int) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        fill(&values, distribution, step: step, start: start)
        return values
    }

    /// Fills an array with the numbers at the indices from `start` on.
    public func fill(_ values: inout [Float], _ distribution: Distribution, step: UInt64, start: Int = 0) {
        unsafe values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe draw(distribution, step: step, start: start, count: buffer.count, into: base)
        }
    }

    /// Writes the numbers at the indices from `start` on to memory.
    package func draw(_ distribution: Distribution, step: UInt64, start: Int = 0, count: Int, into out: UnsafeMutablePointer<Float>) {
        let (kind, low, high) =
            switch distribution {
            case .uniform(let low, let high): (FID_UNIFORM, low, high)
            case .normal(let mean, let deviation): (FID_NORMAL, mean, deviation)
            case .truncatedNormal(let mean, let deviation): (FID_TRUNCATED_NORMAL, mean, deviation)
            }
        unsafe draw(kind, low, high, step: step, start: start, count: count, into: out)
    }

    private func draw(
        _ kind: FidDistribution, _ low: Float, _ high: Float, step: UInt64, start: Int, count: Int, into out: UnsafeMutablePointer<Float>
    ) {
        precondition(start >= 0 && count >= 0, "\(count) random numbers from index \(start), expected both >= 0")
        var random = FidRandom(key: key, step: step, distribution: Int32(kind.rawValue), low: low, high: high)
        unsafe fid_best_kernels().pointee.random(&random, Int64(start), Int64(count), out)
    }
}
