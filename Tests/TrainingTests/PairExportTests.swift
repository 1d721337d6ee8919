import Archives
import Canonical
import Codecs
import Datasets
import TestSupport
import Testing

@testable import Training

/// The arrays of data sets for super-resolution say everything that their digest covers.
@Suite(.serialized) struct PairExportTests {
    private static func picture(_ side: Int, _ index: Int) -> PixelImage {
        PixelImage(width: side, height: side, channels: 1, pixels: (0..<side * side).map { UInt8(($0 * 7 + index * 31) % 256) })
    }

    /// - Parameter isGiven: whether the partners are pictures of their own
    private static func dataset(_ name: String, isGiven: Bool) throws -> ImageDataset {
        let store = DatasetStore(root: "\(TrainingFixture.storage)/datasets"), folder = try TemporaryFolder()
        for split in ["train", "test"] {
            for kind in isGiven ? ["HR", "LR"] : ["."] {
                try FileSystem.makeFolder(folder.path("\(split)/\(kind)"))
                for index in 0..<3 { try folder.write(PNG.encode(picture(kind == "LR" ? 4 : 8, index)), as: "\(split)/\(kind)/\(index).png") }
            }
        }
        var own = OwnDataset(name: name, path: folder.path)
        own.lowResolution = LowResolution(scale: 2, kernel: isGiven ? .given : .bicubic)
        own.flips = isGiven
        try store.add(own: own)
        return try store.load(name)
    }

    @Test(arguments: [false, true]) func arraysHaveWhatTheDigestCovers(isGiven: Bool) throws {
        let dataset = try Self.dataset(isGiven ? "given-pairs" : "made-pairs", isGiven: isGiven), folder = try TemporaryFolder(), path = folder.path("arrays.npz")
        try ExportMaker(storage: TrainingFixture.storage, threads: 1).make(.arrays(dataset: dataset.name, digest: dataset.digest), to: path)
        let archive = try Archive.decode(FileSystem.read(path))
        #expect(archive.manifest["low_resolution"] == ["kernel": .string(isGiven ? "given" : "bicubic"), "scale": 2])
        #expect(archive.manifest["flips"] == (isGiven ? true : nil))
        #expect(archive["train/images"]?.shape == [3, 8, 8, 1] && archive["test/low_resolution"]?.shape == (isGiven ? [3, 4, 4, 1] : nil))
        if isGiven { #expect(archive["train/low_resolution"]?.elements == .uint8((0..<3).flatMap { Self.picture(4, $0).pixels })) }
    }
}
