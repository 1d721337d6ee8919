import Canonical

/// The canonical content of a data set: the preimage of its digest and, byte for byte, the stored file.
///
/// Layout:
/// 1. the line "fidelio images 1";
/// 2. a line of canonical JSON: {"channels","classes","height","pixels","splits":[{"images","name"},…],"white","width"}, where `pixels` is
///    "uint8" (value = byte / white) or "float32" (white is then 1); with low-resolution partners also "low_resolution": {"kernel","scale"}; with mirrored training
///    examples also "flips": true; with training images from which crops are drawn also "windows": {"height","width"}, the size of the images of the split "train", or
///    {"heights","widths"}, the sizes of each of them;
/// 3. for each split in order: its pixels, image after image, rows from top to bottom, channels innermost (float32: little-endian),
///    then, where the kernel is "given", the pixels of the low-resolution partners in the same form;
///    and then, where `classes` > 0, one byte per image, its label.
struct DatasetContent {
    let shape: ImageShape
    let classes: Int
    let splits: [DatasetSplit]
    let lowResolution: LowResolution?
    let flips: Bool
    let windows: TrainingWindows?

    init(
        shape: ImageShape, classes: Int, splits: [DatasetSplit], lowResolution: LowResolution? = nil, flips: Bool = false, windows: TrainingWindows? = nil
    ) {
        (self.shape, self.classes, self.splits, self.lowResolution, self.flips, self.windows) = (shape, classes, splits, lowResolution, flips, windows)
    }

    /// Produces the content in pieces, without large copies.
    func forEachPiece<Failure>(_ body: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
        try body(head.bytes)
        for split in splits {
            for pixels in split.windows.map({ [$0.pixels, $0.lowResolution?.pixels] }) ?? [split.pixels, split.lowResolution?.pixels] {
                switch pixels {
                case .bytes(let values, _)?: try body(values)
                case .floats(let values)?:
                    for start in stride(from: 0, to: values.count, by: 1 << 18) { try body(Self.littleEndian(values[start..<min(start + 1 << 18, values.count)])) }
                case nil: break
                }
            }
            if let labels = split.labels { try body(labels) }
        }
    }

    var digest: Digest {
        var builder = Digest.Builder()
        forEachPiece { builder.update($0) }
        return builder.finish()
    }

    private var head: Head {
        var isFloat = false, white: UInt8 = 255
        switch splits.first?.pixels {
        case .bytes(_, let level): white = level
        case .floats: (isFloat, white) = (true, 1)
        case nil: break
        }
        return Head(
            shape: shape, classes: classes, isFloat: isFloat, white: white, splits: splits.map { SplitSize($0.name, $0.count) }, lowResolution: lowResolution,
            flips: flips, windows: windows)
    }

    static func littleEndian(_ values: some Collection<Float>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 * values.count)
        for value in values {
            for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
        }
        return bytes
    }

    /// Parses the bytes of a file; `file` is its name in errors.
    init(parsing bytes: [UInt8], file: String) throws(DatasetError) {
        var input = Input(size: bytes.count) { (offset, count) throws(FileError) in Array(bytes[offset..<offset + count]) }
        self = try Self(&input, file: file)
    }

    /// Streams a file and verifies its digest.
    /// - Errors: system errors; `wrongDigest` for any damage; an unknown format.
    init(file: String, digest: Digest) throws(DatasetError) {
        let reader: FileReader
        do {
            reader = try FileReader(file)
        } catch {
            throw DatasetError(reading: file, error)
        }
        var input = Input(size: reader.size) { (offset, count) throws(FileError) in try reader.read(at: offset, count: count) }
        let content: Result<DatasetContent, DatasetError>
        do throws(DatasetError) {
            content = .success(try Self(&input, file: file))
        } catch {
            content = .failure(error)
        }
        try input.finish(file: file)
        let actual = input.digest.finish()
        guard actual == digest else { throw .wrongDigest(file: file, expected: digest, actual: actual) }
        self = try content.get()
    }

    private init(_ input: inout Input, file: String) throws(DatasetError) {
        let head = try Head(&input, file: file)
        (shape, classes, lowResolution, flips, windows) = (head.shape, head.classes, head.lowResolution, head.flips, head.windows)
        var splits: [DatasetSplit] = []
        for size in head.splits { splits.append(try input.split(size, head, file: file)) }
        guard input.offset == input.size else {
            throw .trailingBytes(file: file, offset: input.offset, count: input.size - input.offset)
        }
        self.splits = splits
    }
}
