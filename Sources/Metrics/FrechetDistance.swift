import Numerics

/// The Frechet distance between two Gaussians, squared as it is usually reported:
/// |m1 - m2|^2 + Tr(C1 + C2 - 2 (C1 C2)^(1/2)).
///
/// Reported as FID together with the name of the feature extractor.
/// - Source: Dowson and Landau 1982; Heusel et al. 2017, equation 6.
/// - Differs: the trace of the matrix square root is computed from symmetric eigenvalues, with negative ones counted as zero, so it is never complex,
///   and nothing is added to the diagonals. A distance that is negative due to rounding is returned as 0.
public enum FrechetDistance {
    /// Computes the squared distance.
    /// - Parameter threads: number of threads for the matrix products; the result does not depend on it
    /// - Range and units: >= 0, in squared units of the features
    /// - Errors: `MetricError.differentDimensions`, `MetricError.arithmetic`
    public static func between(_ first: GaussianFit, _ second: GaussianFit, threads: Int = 1) throws(MetricError) -> Double {
        guard first.dimension == second.dimension else { throw .differentDimensions(first.dimension, second.dimension) }
        let means = zip(first.mean, second.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let cross: Double
        do {
            cross = try Matrix.traceOfRootOfProduct(first.covariance, second.covariance, threads: threads)
        } catch {
            throw .arithmetic("\(error)")
        }
        return max(0, means + (first.covariance.trace + second.covariance.trace - 2 * cross))
    }

    /// The bias of a distance of finitely many samples: how much lower it is expected to be with unlimited ones. The bias is proportional to 1 / N, so it is
    /// the distance of halves of the samples minus that of all.
    /// - Source: Chong and Forsyth 2020, with two sizes in place of a regression over several
    /// - Parameters:
    ///   - halves: the fits of half of the samples of each side; of all, for a side without a half
    ///   - distance: the distance of all samples
    /// - Errors: as `between`
    public static func bias(halves first: GaussianFit, _ second: GaussianFit, distance: Double, threads: Int = 1) throws(MetricError) -> Double {
        try between(first, second, threads: threads) - distance
    }
}
