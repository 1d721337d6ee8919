import Codecs
import Datasets
import Foundation
import TestSupport

/// Photographs of the shared data, which are not part of the repository.
enum SharedPictures {
    static var folder: String? { SharedData.path("sr/BSD100") }

    /// The upper left 320 x 320 pixels of some of the high-resolution pictures, counted by name.
    static func split(_ range: Range<Int>, _ name: String) throws -> DatasetSplit {
        guard let folder else { preconditionFailure("there are no pictures") }
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix("_HR.png") }.sorted()[range]
        let side = 320
        var pixels: [UInt8] = []
        for file in files {
            let image = try PNG.decode(Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(file)"))))
            for y in 0..<side {
                for x in 0..<side {
                    for channel in 0..<3 { pixels.append(image.pixels[((y * image.width) + x) * image.channels + (image.channels == 3 ? channel : 0)]) }
                }
            }
        }
        return DatasetSplit(name: name, shape: ImageShape(height: side, width: side, channels: 3), pixels: .bytes(pixels, white: 255), labels: nil)
    }
}
