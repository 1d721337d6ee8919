import Testing

@testable import Numerics

@Suite struct BicubicResamplerTests {
    /// The weights of an inner output, given in the literature on Matlab's `imresize` for the factors 2, 4 and 8.
    @Test(arguments: [
        (2, [-0.011719, -0.035156, 0.113281, 0.433594]),
        (4, [-0.001709, -0.010986, -0.018311, -0.011963, 0.022705, 0.097412, 0.181885, 0.240967]),
        (8, [-0.000229, -0.001785, -0.004196, -0.006729]),
    ]) func weights(factor: Int, expected: [Double]) {
        let taps = ResamplingTaps(from: 16 * factor, to: 16).taps(of: 8)
        #expect(taps.map(\.source) == Array(8 * factor - 3 * factor / 2..<8 * factor + 5 * factor / 2))
        for (tap, weight) in zip(taps, expected) { #expect(abs(tap.weight - weight) < 6e-7) }
        for (tap, twin) in zip(taps, taps.reversed()) { #expect(abs(tap.weight - twin.weight) < 1e-15) }
        #expect(abs(taps.map(\.weight).reduce(0, +) - 1) < 1e-15)
        if factor == 8 { #expect(abs(taps[15].weight - 0.123825) < 6e-7) }
    }

    @Test(arguments: ResamplingCase.all.indices) func independentProgram(index: Int) {
        let example = ResamplingCase.all[index]
        let resampler = BicubicResampler(
            height: example.from.height, width: example.from.width, toHeight: example.to.height, toWidth: example.to.width)
        let values = resampler.resampled(example.pattern.map { Float($0) / 32 }, channels: example.channels)
        #expect(values.count == example.values.count)
        for (value, expected) in zip(values, example.values) { #expect(abs(Double(value) - expected) < 1e-7) }
        #expect(resampler.resampled(example.pattern.map { UInt8($0 * 8) }, channels: example.channels) == example.bytes)
    }

    @Test func constantsStay() {
        for (height, width) in [(2, 3), (10, 15), (40, 7)] {
            let resampler = BicubicResampler(height: 10, width: 15, toHeight: height, toWidth: width)
            #expect(resampler.resampled([Float](repeating: 0.3, count: 150), channels: 1) == [Float](repeating: 0.3, count: height * width))
            #expect(resampler.resampled([UInt8](repeating: 77, count: 150), channels: 1) == [UInt8](repeating: 77, count: height * width))
        }
    }

    /// Inside, a ramp stays a ramp: the center of reduced pixel x is at 4 x + 1.5.
    @Test func rampsStay() {
        let reduced = BicubicResampler(height: 1, width: 64, toHeight: 1, toWidth: 16).resampled((0..<64).map(Float.init), channels: 1)
        for x in 2..<14 { #expect(abs(reduced[x] - (4 * Float(x) + 1.5)) < 1e-5) }
        let enlarged = BicubicResampler(height: 1, width: 16, toHeight: 1, toWidth: 64).resampled((0..<16).map(Float.init), channels: 1)
        for x in 8..<56 { #expect(abs(enlarged[x] - (Float(x) - 1.5) / 4) < 1e-5) }
    }

    @Test func sameSizeIsTheImage() {
        let image = (0..<60).map { Float(($0 * 17) % 23) / 23 }
        #expect(BicubicResampler(height: 4, width: 5, toHeight: 4, toWidth: 5).resampled(image, channels: 3) == image)
    }

    /// Mirrored with the edge repeated, however far beyond the border.
    @Test func mirroring() {
        #expect((-7...8).map { ResamplingTaps.mirrored($0, in: 3) } == [0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1, 2])
    }
}
