import ArgumentParser
import Canonical
import Codecs
import Datasets
import Dispatch
import Storage
import Training

struct EnlargeCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "enlarge", abstract: "Enlarge pictures of any size with a checkpoint of super-resolution, and judge them whole.",
        discussion: """
            Each picture is taken as the truth: it is reduced, enlarged again, and compared, as in published tables of Set5 or Set14; with --low-resolution it is
            enlarged as it is. Folders stand for their PNG and JPEG files. Pictures that are too large are enlarged in tiles. The same request gives the same bytes.

            EXAMPLE
              fidelio enlarge 3f9c2a Set5 --border 4
              fidelio enlarge 3f9c2a Set5 --temperature 0,0.8 --samples 5 --output enlarged
              fidelio enlarge 3f9c2a photo.jpg --low-resolution --output enlarged
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var checkpoint: CheckpointOptions
    @Argument(help: "Pictures, and folders of pictures.") var pictures: [String]
    @Flag(help: "The pictures are low-resolution images, without a truth.") var lowResolution = false
    @Option(parsing: .unconditional, help: ArgumentHelp("Temperatures, joined by commas (default: that of the run).", valueName: "numbers")) var temperature: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Samples of each picture (default: 1); from 2 on their diversity is measured.", valueName: "number")) var samples = 1
    @Option(parsing: .unconditional, help: ArgumentHelp("Rows and columns that PSNR and SSIM ignore on each side (default: 0).", valueName: "number")) var border = 0
    @Option(parsing: .unconditional, help: ArgumentHelp("Size of a tile in low-resolution pixels, a multiple of 16 (default: 128).", valueName: "number")) var tile = 128
    @Option(parsing: .unconditional, help: ArgumentHelp("A folder to write the pictures to.", valueName: "folder")) var output: String?
    @Option(parsing: .unconditional, help: "Threads (default: 1); results do not depend on it.") var threads = 1

    func validate() throws {
        if let output { try CommonOptions.checkFolder("--output", output) }
        guard EnlargementRequest.sampleCounts.contains(samples) else { throw ValidationError("--samples \(samples) is not in 1...\(EnlargementRequest.sampleCounts.upperBound)") }
        guard EnlargementRequest.borders.contains(border) else { throw ValidationError("--border \(border) is not in 0...\(EnlargementRequest.borders.upperBound)") }
        guard EnlargementRequest.tiles.contains(tile), tile % EnlargementRequest.tileMultiple == 0 else {
            throw ValidationError("--tile \(tile) is no multiple of \(EnlargementRequest.tileMultiple) in \(EnlargementRequest.tiles)")
        }
        guard (1...256).contains(threads) else { throw ValidationError("--threads \(threads) is not in 1...256") }
        _ = try temperatures()
    }

    private func temperatures() throws -> [Double] {
        try (temperature?.split(separator: ",", omittingEmptySubsequences: false) ?? []).map { word in
            guard let value = Double(word), EnlargementRequest.temperatureRange.contains(value) else {
                throw ValidationError("--temperature has \"\(word.prefix(40))\"; allowed: numbers in \(EnlargementRequest.temperatureRange), joined by commas")
            }
            return value
        }
    }

    mutating func perform() async throws -> Int32 {
        let files = try PictureFiles(pictures)
        if files.leftOut > 0 { Console.remark("left out: \(files.leftOut) low-resolution pictures of pairs") }
        var request = EnlargementRequest(checkpoint: try checkpoint.digest(common))
        (request.temperatures, request.samples, request.border) = (try temperatures(), samples, border)
        (request.tile, request.isLowResolution) = (tile, lowResolution)
        if let output {
            try OutputFolder.check(output)
            try FileSystem.makeFolder(output)
        }
        let result = try await Self.enlarge(request, files, storage: common.storageFolder.root, output: output, threads: threads, isQuiet: common.json)
        common.json ? Console.say(result) : Console.say(EnlargementText.table(result))
        return 0
    }

    /// On its own thread, because the computation blocks.
    private static func enlarge(
        _ request: EnlargementRequest, _ files: PictureFiles, storage: String, output: String?, threads: Int, isQuiet: Bool
    ) async throws -> JSONValue {
        do {
            return try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<JSONValue, any Error>) in
                DispatchQueue(label: "enlarge", qos: .userInitiated).async {
                    continuation.resume(with: Result { try enlarged(request, files, storage: storage, output: output, threads: threads, isQuiet: isQuiet) })
                }
            }
        } catch let error as EnlargementError {
            throw CommandFailure("\(error)", code: CommandFailure.Code.badInput)
        } catch let error as TrainingError {
            throw CommandFailure("\(error)", code: CommandFailure.Code.badInput)
        }
    }

    private static func enlarged(
        _ request: EnlargementRequest, _ files: PictureFiles, storage: String, output: String?, threads: Int, isQuiet: Bool
    ) throws -> JSONValue {
        let enlargement = try PictureEnlargement(request, storage: storage, threads: threads)
        var line = ProgressLine(isQuiet: isQuiet), found: [JSONValue] = []
        for (place, file) in files.files.enumerated() {
            line.show("\(file.name)  \(place + 1) of \(files.files.count)")
            let picture = try PictureFiles.picture(file.path, channels: enlargement.channels)
            found.append(
                try enlargement.enlarge(picture, named: file.name) { kind, image in
                    if let output { try AtomicFile.write(PNG.encode(image), to: "\(output)/\(file.name)-\(kind).png") }
                })
        }
        line.clear()
        return .object(enlargement.summary.merging(["pictures": .array(found)]) { $1 })
    }
}

/// Enlarged pictures in words, for a terminal.
enum EnlargementText {
    private static let columns = [
        ("psnr", "PSNR"), ("psnr_y", "PSNR-Y"), ("ssim", "SSIM"), ("lr_psnr", "LR-PSNR"), ("diversity", "DIVERSITY"), ("ntire_diversity", "SCORE"), ("not_finite", "NOT FINITE"),
    ]

    /// One row a picture and method, then the means.
    static func table(_ result: JSONValue) -> String {
        let model = result["model"]?.stringValue ?? ""
        var table = Table(["PICTURE", "SIZE", "METHOD"] + columns.map(\.1))
        func add(_ name: String, _ size: String, _ values: JSONValue?) {
            table.add([name, size, "bicubic"] + cells(values?["bicubic"]))
            for one in values?["samples"]?.arrayValue ?? [] {
                table.add([name, size, model + (one["temperature"]?.numberValue.map { " \($0)" } ?? "")] + cells(one))
            }
        }
        let pictures = result["pictures"]?.arrayValue ?? []
        for picture in pictures { add(RunText.text(picture["name"]), "\(RunText.text(picture["height"])) x \(RunText.text(picture["width"]))", picture) }
        add("mean of \(pictures.count)", "", result["mean"])
        return table.text + "\nprotocol \(result["protocol_digest"]?.stringValue?.prefix(12) ?? "")"
    }

    private static func cells(_ values: JSONValue?) -> [String] {
        columns.map { name, _ in values?[name]?.numberValue.map { fixed($0, decimals: ["ssim", "not_finite"].contains(name) ? 4 : 2) } ?? "-" }
    }

    private static func fixed(_ value: Double, decimals: Int) -> String {
        let factor = decimals == 4 ? 10_000 : 100, whole = Int(saturating: (abs(value) * Double(factor)).rounded())
        let digits = String(whole % factor)
        return (value < 0 ? "-" : "") + "\(whole / factor)." + String(repeating: "0", count: decimals - digits.count) + digits
    }
}
