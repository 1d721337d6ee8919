import Testing

@testable import Metrics

/// Scores of a picture against the true one: known answers, and the values of scikit-image and numpy (`Tests/Fixtures/metrics/pictures.py`).
@Suite struct PictureMetricTests {
    private static let size = PictureSize(height: 20, width: 17, channels: 3)
    private static let places = (0..<20).flatMap { y in (0..<17).flatMap { x in (0..<3).map { (y: y, x: x, c: $0) } } }
    private static let truth = places.map { UInt8(40 + (7 * $0.y * $0.y + 13 * $0.x + 29 * $0.c + 3 * $0.x * $0.y) % 176) }
    private static let picture = zip(truth, places).map { UInt8(Int($0) + (5 * $1.y + 11 * $1.x + 17 * $1.c) % 23 - 11) }

    @Test(arguments: [
        (PeakSignalToNoise(), 31.701796121611782), (PeakSignalToNoise(border: 4), 31.724087922180665), (PeakSignalToNoise(.luma), 37.73731390433262),
    ]) func peakSignalToNoise(metric: PeakSignalToNoise, expected: Double) throws {
        let value = try metric.decibels(of: Self.picture, against: Self.truth, size: Self.size)
        #expect(abs(value - expected) < 1e-10, "\(value)")
    }

    @Test(arguments: [
        (StructuralSimilarity(), 0.9915924470538179), (StructuralSimilarity(.uniform), 0.9915483135168192), (StructuralSimilarity(border: 2), 0.9915109404353898),
    ]) func structuralSimilarity(metric: StructuralSimilarity, expected: Double) throws {
        let value = try metric.similarity(of: Self.picture, and: Self.truth, size: Self.size)
        #expect(abs(value - expected) < 1e-10, "\(value)")
    }

    @Test func knownAnswers() throws {
        let more = Self.truth.map { $0 + 1 }
        #expect(abs(try PeakSignalToNoise().decibels(of: more, against: Self.truth, size: Self.size) - 48.1308036) < 1e-6)
        // Equal pictures: as if one of 1020 values differed by 1.
        #expect(abs(try PeakSignalToNoise().decibels(of: Self.truth, against: Self.truth, size: Self.size) - 48.1308036 - 30.0860017) < 1e-6)
        for window in [StructuralSimilarity.Window.gaussian, .uniform] {
            #expect(abs(try StructuralSimilarity(window).similarity(of: Self.truth, and: Self.truth, size: Self.size) - 1) < 1e-12)
        }
        // Gray pictures are their own luma; white and black are as far apart as possible.
        let gray = PictureSize(height: 2, width: 2, channels: 1)
        #expect(try PeakSignalToNoise(.luma).decibels(of: [0, 0, 0, 0], against: [255, 255, 255, 255], size: gray) == 0)
    }

    @Test func smallPicturesAreRefused() {
        let small = PictureSize(height: 10, width: 30, channels: 1), picture = [UInt8](repeating: 7, count: 300)
        #expect(throws: MetricError.notApplicable("pictures of 10 x 30 pixels are smaller than 11 x 11")) { try StructuralSimilarity().similarity(of: picture, and: picture, size: small) }
        #expect(throws: MetricError.notApplicable("pictures of 10 x 30 pixels without a border of 5 pixels are smaller than 1 x 1")) {
            try PeakSignalToNoise(border: 5).decibels(of: picture, against: picture, size: small)
        }
        #expect(throws: MetricError.self) { try PictureScore([1]) }
    }

    @Test func scoresOverPictures() throws {
        let score = try PictureScore([1, 2, 3, 6])
        #expect(score.mean == 3 && abs(score.standardError - (14.0 / 3 / 4).squareRoot()) < 1e-15)
    }

    @Test func diversity() {
        let samples = (0..<4).map { k in Self.picture.map { Float((Int($0) * (k + 1) + 31 * k) % 200) / 255 } }, truth = Self.truth.map { Float($0) / 255 }
        #expect(abs(SampleDiversity.pixelDeviation(samples) - 51.97918578660918) < 1e-9)
        #expect(abs(SampleDiversity.score(samples.map { SampleDiversity.squaredErrors(of: $0, against: truth, channels: 3) }) - 54.24215561557959) < 1e-9)
        // Samples that are equal, and one that is the truth.
        #expect(SampleDiversity.pixelDeviation([samples[1], samples[1], samples[1]]) == 0)
        let distance = SampleDiversity.squaredErrors(of: samples[1], against: truth, channels: 3)
        #expect(SampleDiversity.score([distance, distance]) == 0 && SampleDiversity.score([distance, [Double](repeating: 0, count: distance.count)]) == 0)
        // Each of two samples is right in one half.
        #expect(SampleDiversity.score([[0, 1], [1, 0]]) == 100)
    }
}
