/// A Python batch of CIFAR-10: a dictionary whose "labels" are numbers from 0 to 9 and whose "data" are an array of uint8 [n, 3072], each row
/// the red, the green and the blue plane of an image.
struct PickledBatch {
    let labels: [UInt8]
    /// [labels.count, 3072]
    let data: [UInt8]

    /// - Errors: anything that is not such a batch. Nothing in the file is executed (see `PickleReader`).
    init(parsing bytes: [UInt8], file: String) throws(DatasetError) {
        let value: PickleReader.Value
        do {
            var reader = PickleReader(bytes)
            value = try reader.value()
        } catch {
            throw .wrongValue(file: file, offset: error.offset, field: "the pickle", expected: "a batch of CIFAR-10", actual: error.reason)
        }
        guard case .dictionary(let fields) = value else { throw Self.unsound(file, "the pickle", "a dictionary") }
        guard case .list(let numbers)? = fields["labels"] else { throw Self.unsound(file, "\"labels\"", "a list of numbers") }
        var labels: [UInt8] = []
        for (i, number) in numbers.enumerated() {
            guard case .integer(let label) = number, 0..<10 ~= label else { throw Self.unsound(file, "label \(i)", "0 to 9") }
            labels.append(UInt8(label))
        }
        guard case .array(let array)? = fields["data"], array.shape == [labels.count, 3072] else {
            throw Self.unsound(file, "\"data\"", "an array of uint8 [\(labels.count), 3072]")
        }
        (self.labels, data) = (labels, array.bytes)
    }

    private static func unsound(_ file: String, _ field: String, _ expected: String) -> DatasetError {
        .wrongValue(file: file, offset: 0, field: field, expected: expected, actual: "different")
    }
}
