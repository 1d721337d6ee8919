import Canonical
import Codecs
import Datasets
import Models
import Studies
import Testing

@testable import Training

@Suite struct ScatterTests {
    private let corners = DatasetSplit(
        name: "train", shape: ScatterPicture.pointShape, pixels: .floats([-1, -1, 1, -1, -1, 1, 1, 1]), labels: nil)

    @Test func placesAndColors() {
        let scatter = ScatterPicture(background: corners)
        func dots(_ points: [Float], _ red: UInt8) -> [(Int, Int)] {
            let image = scatter.image(points)
            return (0..<256).flatMap { y in (0..<256).map { (y, $0) } }.filter { image.pixels[3 * ($0.0 * 256 + $0.1)] == red }
        }
        // The corners are a seventh of the picture from its edges.
        #expect(dots([], 205).count == 16)
        #expect(dots([], 205).allSatisfy { [36, 37, 219, 220].contains($0.0) && [36, 37, 219, 220].contains($0.1) })
        #expect(dots([0, 0], 0).map { [$0.0, $0.1] } == [[128, 128], [128, 129], [129, 128], [129, 129]])
        // Up is up; points outside of the picture are on its edge; non-finite points are omitted.
        #expect(dots([0, 1], 0).first!.0 < 40 && dots([1e30, 0], 0).last!.1 == 255 && dots([-1e30, -1e30], 0).first! == (254, 0))
        #expect(dots([.nan, 0, 0, .infinity], 0).isEmpty)
    }

    /// Points have no class probabilities: reported when the specification is read, not at the first evaluation.
    @Test func theInceptionScoreIsRefusedForPoints() throws {
        func read(_ metrics: JSONValue) throws -> Specification {
            try Specification(
                reading: ["model": "wgan-gp", "dataset": "ring", "steps": 10, "evaluation": ["metrics": metrics]], models: ModelCatalog.schemas,
                datasets: TrainingFixture.facts)
        }
        #expect(try read(["fid", "kid"]).evaluation.encoder == "coordinates")
        for name in ["is", "is_10"] {
            do {
                _ = try read(["fid", .string(name)])
                Issue.record("\(name) was taken")
            } catch let error as FieldError {
                #expect("\(error)" == "evaluation.metrics: \"\(name)\" needs class probabilities; points have no feature extractor that provides them")
            }
        }
    }
}
