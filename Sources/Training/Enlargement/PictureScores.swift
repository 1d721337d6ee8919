internal import Canonical
internal import Metrics

/// The values of one enlarged picture; nil where there is none.
struct PictureValues: Equatable {
    /// Names in JSON and the order of columns.
    static let names = ["psnr", "psnr_y", "ssim", "lr_psnr", "diversity", "ntire_diversity", "not_finite"]

    private(set) var values: [String: Double] = [:]

    subscript(_ name: String) -> Double? { values[name] }

    /// The mean over pictures of each value that all of them have.
    static func mean(_ all: [PictureValues]) -> PictureValues {
        var result = PictureValues()
        guard !all.isEmpty else { return result }
        for name in names {
            let found = all.compactMap { $0[name] }
            if found.count == all.count { result.values[name] = found.reduce(0, +) / Double(found.count) }
        }
        return result
    }

    var members: [String: JSONValue] { Dictionary(uniqueKeysWithValues: Self.names.map { ($0, .optional(values[$0])) }) }

    init() {}

    init(_ values: [String: Double]) { self.values = values }
}

/// What the values of one picture are computed from.
struct PictureJudge {
    let size: PictureSize
    let low: [UInt8]
    let lowSize: PictureSize
    /// Nil where only the low resolution is known.
    let truth: [UInt8]?
    let border: Int
    let reduced: ([UInt8]) -> [UInt8]

    /// The values of one enlarged picture.
    func values(_ picture: [UInt8]) -> PictureValues {
        var values = ["lr_psnr": try? PeakSignalToNoise().decibels(of: reduced(picture), against: low, size: lowSize)]
        if let truth {
            values["psnr"] = try? PeakSignalToNoise(border: border).decibels(of: picture, against: truth, size: size)
            values["psnr_y"] = try? PeakSignalToNoise(.luma, border: border).decibels(of: picture, against: truth, size: size)
            values["ssim"] = try? StructuralSimilarity(border: border).similarity(of: picture, and: truth, size: size)
        }
        return PictureValues(values.compactMapValues { $0 })
    }

    /// Those of several samples: of the first as it is written to a file, the share of numbers of all samples that are not finite (the inverse of a flow can
    /// explode; they are written as black), and the samples' diversity if all are finite.
    func values(samples: [[Float]]) -> PictureValues {
        var all = values(Self.levels(samples[0])).values
        let bad = samples.reduce(0) { $0 + $1.reduce(0) { $1.isFinite ? $0 : $0 + 1 } }
        all["not_finite"] = Double(bad) / Double(samples.count * size.elements)
        guard samples.count > 1, bad == 0 else { return PictureValues(all) }
        all["diversity"] = SampleDiversity.pixelDeviation(samples)
        if let truth {
            let expected = truth.map { Float($0) / 255 }
            all["ntire_diversity"] = SampleDiversity.score(samples.map { SampleDiversity.squaredErrors(of: $0, against: expected, channels: size.channels) })
        }
        return PictureValues(all)
    }

    /// 8-bit levels: clipped and rounded to the nearest; what is not a number is 0.
    static func levels(_ image: [Float]) -> [UInt8] { image.map { $0 > 0 ? UInt8(saturating: (Swift.min($0, 1) * 255).rounded()) : 0 } }
}
