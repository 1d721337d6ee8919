import Canonical
import Engine
import Testing

@testable import Experiments

@Suite("The optimal discriminator")
struct OptimalDiscriminatorTests {
    private func table(_ result: ExperimentResult, _ name: String) throws -> [JSONValue] {
        let json = try JSONValue(parsing: #require(result.files.first { $0.name == "optimal-discriminator.json" }).text)
        return try #require(json[name]?.arrayValue)
    }

    /// V(D*) = -log 4 + 2 JSD within 1e-9, and JSD as computed by adaptive quadrature elsewhere; nothing saturates at distance 8.
    @Test func itsValueIsTheJensenShannonDivergence() throws {
        let identity = OptimalDiscriminator.identity()
        let known = [0.5: 0.030311, 1: 0.111421, 2: 0.336831, 4: 0.632720, 8: 0.693054]
        var seen = 0
        for row in try #require(identity.json.arrayValue) {
            let distance = try #require(row["distance"]?.numberValue), divergence = try #require(row["jensen_shannon"]?.numberValue)
            let difference = try #require(row["difference"]?.numberValue), missing = try #require(row["missing_mass"]?.numberValue)
            #expect(abs(difference) < 1e-9 && missing < 1e-9, "\(row)")
            guard row["pair"] == "line", let wanted = known[distance] else { continue }
            seen += 1
            #expect(abs(divergence - wanted) < 1e-6, "distance \(distance): \(divergence)")
        }
        #expect(seen == 5)
    }

    @Test func trainedDiscriminatorsApproachIt() throws {
        let result = try Experiment.optimalDiscriminator.run(.none, ExperimentSettings(draws: 2))
        #expect(result.files.map(\.name) == [
            "optimal-discriminator.md", "optimal-discriminator.csv", "optimal-discriminator-trained.csv", "optimal-discriminator.json", "optimal-discriminator.svg",
            "optimal-discriminator-value.svg",
        ])
        let trained = try table(result, "trained")
        for row in trained {
            // No discriminator is better than the optimal one.
            let short = try #require(row["short_of_optimum"]?.numberValue)
            #expect(short > -1e-6, "\(row)")
            guard row["step"] == 2000 else { continue }
            let distance = try #require(row["distance"]?.numberValue), greatest = try #require(row["greatest_error"]?.numberValue)
            if row["pair"] == "plane" {
                // The greatest error is where one density rises steeply; under the data, errors are small.
                #expect(greatest < 0.2 && short < 0.004, "\(row)")
                #expect(try #require(row["mean_error"]?.numberValue) < 0.02, "\(row)")
            } else {
                let slope = try #require(row["slope"]?.numberValue)
                if distance <= 2 { #expect(greatest < 0.01 && abs(slope - distance) < 0.02, "\(row)") }
                if distance == 4 { #expect(slope > 3.8 && slope < 4, "\(row)") }
            }
        }
        #expect(trained.count == 4 * 2 * 4)
    }

    /// The same bytes for any number of threads, others for another seed.
    @Test func theSeedDecidesEveryByte() throws {
        func files(_ seed: UInt64, _ threads: Int) throws -> [ExperimentResult.File] {
            try OptimalDiscriminator(settings: ExperimentSettings(draws: 2, seed: seed), device: CPUDevice(threads: threads), steps: 40).run { _ in }.files
        }
        let first = try files(3, 1)
        #expect(try files(3, 1) == first && files(3, 3) == first)
        #expect(try files(4, 1)[2] != first[2])
    }
}
