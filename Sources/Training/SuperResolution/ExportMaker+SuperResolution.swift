internal import Archives
internal import Canonical
internal import Codecs
internal import Datasets
internal import Engine
internal import Models
internal import Studies

extension ExportMaker {
    /// The pictures of a request as JSON, each with its PNG file.
    /// - Errors: `ExportError`, `FieldError`, `TrainingError`, and errors of files, data sets, and archives
    func superResolution(_ checkpoint: Digest, _ request: SuperResolutionRequest) throws -> JSONValue {
        let (model, pictures, shown) = try pictures(of: checkpoint, request)
        let members: [String: JSONValue] = [
            "checkpoint": .string(checkpoint.hex), "model": .string(model.specification.model), "step": .integer(Int64(model.step)),
            "dataset": .string(model.specification.dataset.name), "scale": .integer(Int64(model.high.height / model.low.height)),
            "temperature": .optional(pictures.temperature), "pictures": .array(try request.pictures.map { try pictures.shown($0).json() }),
        ]
        return .object(members.merging(shown) { $1 })
    }

    /// The first picture of a request as a PNG file: the bytes that its JSON holds.
    func superResolutionPicture(_ checkpoint: Digest, _ request: SuperResolutionRequest) throws -> [UInt8] {
        PNG.encode(try pictures(of: checkpoint, request).pictures.shown(request.pictures[0]).image)
    }

    /// The pictures, and what is shown: split, number of images, and index, or the digest of an upload.
    private func pictures(
        of checkpoint: Digest, _ request: SuperResolutionRequest
    ) throws -> (model: SuperResolutionModel, pictures: SuperResolutionPictures, shown: [String: JSONValue]) {
        let archive = try ArchiveStore(root: "\(storage)/archives").read(checkpoint, threads: threads)
        guard archive.manifest["kind"] == "checkpoint", let json = archive.manifest["specification"] else { throw ExportError.notACheckpoint(archive.digest) }
        let (specification, description) = try FrozenGenerator.checked(json, datasets: datasets, models: models), device = CPUDevice(threads: threads)
        func model(_ low: ExampleShape? = nil) throws -> SuperResolutionModel {
            try SuperResolutionModel(archive, for: description, specification: specification, lowResolution: low, device: device, models: models)
        }
        switch request.source {
        case .example(let index):
            let model = try model(), dataset = try datasets.load(specification.dataset.name)
            guard dataset.digest == specification.dataset.digest else {
                throw TrainingError.datasetChanged(name: dataset.name, expected: specification.dataset.digest.hex, actual: dataset.digest.hex)
            }
            let split = try dataset.split(specification.evaluation.referenceSplit)
            let pictures = try SuperResolutionPictures(model, request, index: index, split: split, of: dataset)
            return (model, pictures, ["split": .string(split.name), "images": .integer(Int64(split.count)), "index": .integer(Int64(index)), "upload": .null])
        case .upload(let digest):
            let picture = try upload(digest, channels: description.shape.channels)
            let model = try model(ExampleShape(height: picture.height, width: picture.width, channels: picture.channels))
            let pictures = try SuperResolutionPictures(model, request, upload: picture, scale: model.high.height / model.low.height)
            return (model, pictures, ["split": .null, "images": .null, "index": .null, "upload": .string(digest.hex)])
        }
    }

    /// An uploaded picture in the channels of the data set; gray is repeated.
    /// - Errors: `ExportError.noUpload`, `otherChannels`
    private func upload(_ digest: Digest, channels: Int) throws -> PixelImage {
        guard let file = try? FileSystem.read("\(storage)/\(SuperResolutionRequest.uploads)/\(digest.hex).png", limit: 1 << 20), Digest.sha256(file) == digest,
            let picture = try? PNG.decode(file, limit: SuperResolutionRequest.mostPixels)
        else { throw ExportError.noUpload(digest) }
        if picture.channels == channels { return picture }
        guard picture.channels == 1 else { throw ExportError.otherChannels(picture: picture.channels, dataset: channels) }
        return PixelImage(width: picture.width, height: picture.height, channels: channels, pixels: picture.pixels.flatMap { [UInt8](repeating: $0, count: channels) })
    }
}
