import Numerics

/// What one core of this machine does, measured once: products of matrices in double precision, which are about half as fast as those of training. For estimates of
/// time alone.
public final class MachineRate: Sendable {
    /// Measured at the first use.
    public static let shared = MachineRate()

    /// Floating-point operations; a multiply-add counts as two.
    public let operationsPerSecond: Double

    private init() {
        let size = 192
        let matrix = Matrix(rows: size, columns: size, elements: (0..<size * size).map { Double($0 % 7) - 3 })
        var best = Double.infinity
        for _ in 0..<3 {
            let start = ContinuousClock.now
            _ = matrix.multiplied(by: matrix)
            best = min(best, start.duration(to: .now) / .seconds(1))
        }
        operationsPerSecond = best > 0 ? 2 * Double(size * size * size) / best : 0
    }
}
