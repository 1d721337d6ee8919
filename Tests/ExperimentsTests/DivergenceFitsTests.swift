import Canonical
import Testing

@testable import Experiments

@Suite("A single Gaussian fitted to a mixture")
struct DivergenceFitsTests {
    private typealias Optimum = (fit: DivergenceFits.Fit, starts: Int)

    private func optima(_ target: DivergenceFits.Target, draws: Int) -> [String: [Optimum]] {
        let found = DivergenceFits.distinct(DivergenceFits(settings: ExperimentSettings(draws: draws)).fits(of: target))
        return Dictionary(grouping: found) { $0.fit.objective.name }
    }

    /// Optima found elsewhere by quadrature and closed forms: x, standard deviation, and value where it is known.
    @Test func theDivergenceDecidesWhatIsCovered() throws {
        let optima = optima(.twoModes, draws: 3)
        let best = optima.mapValues { $0[0].fit }
        let kl = try #require(best["kl"]), mmd = try #require(best["mmd s=0.5/1/2/4/8"]), jsd = try #require(best["jsd"]), reverse = try #require(best["reverse-kl"])
        for (fit, x, deviation) in [(kl, 0.900, 1.093), (mmd, 0.327, 0.873), (jsd, 0.007, 0.506), (reverse, 0.004, 0.503)] {
            #expect(abs(fit.x - x) < 0.02 && abs(fit.deviation - deviation) < 0.02 && abs(fit.y) < 0.02, "\(fit.objective.name): \(fit.x), \(fit.deviation)")
        }
        #expect(kl.x > mmd.x && mmd.x > jsd.x && jsd.x >= reverse.x - 1e-3 && kl.deviation > mmd.deviation && mmd.deviation > jsd.deviation && jsd.deviation >= reverse.deviation)
        #expect(abs(jsd.value - 0.116) < 0.002 && abs(reverse.value - 0.354) < 0.002)
        // Both end in a mode, and which depends on the start.
        for (name, x, deviation, value) in [("jsd", 2.97, 0.522, 0.340), ("reverse-kl", 2.99, 0.508, 1.197)] {
            let second = try #require(optima[name]?.dropFirst().first?.fit)
            #expect(abs(second.x - x) < 0.02 && abs(second.deviation - deviation) < 0.02 && abs(second.value - value) < 0.005, "\(name): \(second)")
        }
    }

    /// Far from the target, JSD is log 2, and nothing is better there, wherever the optimizer looks.
    @Test func divergencesAreBoundedBeyondTheGrid() {
        let measure = DivergenceFits.Measure(.twoModes)
        for point in [[100.0, -80, 2.2], [30, 0, 0], [0, -40, 1]] {
            #expect(abs(measure.value(.jensenShannon, point) - 0.693147) < 1e-6 && measure.value(.reverseDivergence, point) == .infinity, "\(point)")
        }
        for objective in DivergenceFits.Objective.main { #expect(measure.value(objective, [0.9, 0, 0]) > 0) }
    }

    /// The kernel decides what MMD fits: narrow ones the mode, wide ones the moments.
    @Test func theKernelWidthDecides() throws {
        let best = optima(.twoModes, draws: 2).mapValues { $0[0].fit }
        for (width, x, deviation) in [("0.5", 0.004, 0.64), ("1", 0.041, 0.73), ("2", 0.404, 1.00), ("4", 0.759, 1.09), ("8", 0.865, 1.10)] {
            let fit = try #require(best["mmd s=\(width)"])
            #expect(abs(fit.x - x) < 0.02 && abs(fit.deviation - deviation) < 0.02, "s = \(width): \(fit.x), \(fit.deviation)")
        }
    }

    @Test func theTargetOfTheSource() throws {
        let optima = optima(.tenModes, draws: 2)
        let known: [(String, Int, Double, Double, Double)] = [
            ("kl", 0, -0.31, -0.09, 1.491), ("mmd s=0.5/1/2/4/8", 0, -0.40, -0.84, 1.120), ("jsd", 0, -0.44, -1.08, 0.768), ("jsd", 1, -0.15, 3.15, 0.510),
            ("reverse-kl", 0, -0.44, -1.08, 0.748), ("reverse-kl", 1, -0.15, 3.16, 0.506),
        ]
        for (name, place, x, y, deviation) in known {
            let found = try #require(optima[name])
            try #require(found.count > place, "\(name)")
            let fit = found[place].fit
            #expect(abs(fit.x - x) < 0.02 && abs(fit.y - y) < 0.02 && abs(fit.deviation - deviation) < 0.02, "\(name): \(fit.x), \(fit.y), \(fit.deviation)")
        }
    }

    @Test func theSeedDecidesEveryByte() throws {
        let first = try Experiment.divergenceFits.run(.none, ExperimentSettings(draws: 2))
        #expect(first.files.map(\.name) == [
            "divergence-fits.md", "divergence-fits.csv", "divergence-fits-fits.csv", "divergence-fits.json", "divergence-fits.svg", "divergence-fits-ten-modes.svg",
        ])
        #expect(first.markdown.contains("mmd s=0.5/1/2/4/8") && first.files[4].text.contains("s = 0.5, 1, 2, 4, 8"))
        #expect(try Experiment.divergenceFits.run(.none, ExperimentSettings(draws: 2)) == first)
        #expect(try Experiment.divergenceFits.run(.none, ExperimentSettings(draws: 2, seed: 1)).files[2] != first.files[2])
    }
}
