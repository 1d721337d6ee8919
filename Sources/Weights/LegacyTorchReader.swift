/// Reads what `torch.save` wrote before PyTorch 1.6: a magic number, a version, properties of the machine, the object, and the keys of its
/// storages, a pickle each; then each storage's number of elements (64 bits) and elements.
enum LegacyTorchReader {
    /// 0x1950a86a20f9469cfc6c, as the machine reads a long number of ten bytes.
    private static let magic = PickleMachine.Value.text("6c.fc.9c.46.f9.20.6a.a8.50.19")
    private static let version = 1001

    static func read(_ bytes: [UInt8], into collection: inout TensorCollection) throws(WeightError) {
        let limit = min(bytes.count, TorchReader.longestPickle)
        var machine = PickleMachine(ByteCursor(bytes, 0..<limit))
        guard try machine.run() == magic else {
            throw WeightError("a pickle that torch.save did not write; save a state dictionary with torch.save", offset: 0)
        }
        guard try machine.run() == .integer(version) else { throw WeightError("an unknown version of the format; expected \(version)") }
        guard case .dictionary(let system) = try machine.run() else { throw WeightError("the properties of the machine are missing") }
        for (key, value) in machine.dictionaries[system] where key == .text("little_endian") {
            guard value == .bool(true) else { throw WeightError("only little-endian files are supported") }
        }
        let root = try machine.run()
        let tensors = try machine.namedTensors(root), storages = machine.storages
        guard case .list(let list) = try machine.run() else { throw WeightError("the list of storages is missing") }
        var types: [String: PickleMachine.StorageReference] = [:]
        for storage in storages { types[storage.key] = storage }
        var ranges: [String: Range<Int>] = [:]
        var cursor = ByteCursor(bytes, machine.cursor.position..<bytes.count)
        for entry in machine.lists[list] {
            guard case .text(let key) = entry, let type = types[key]?.type, ranges[key] == nil else { throw WeightError("a storage that no tensor uses, or a key twice", offset: cursor.position) }
            let count = try cursor.number(8)
            guard case let (size, overflow) = count.multipliedReportingOverflow(by: type.size), !overflow else { throw WeightError("a length out of range", offset: cursor.position) }
            ranges[key] = try cursor.range(size)
        }
        for view in try StorageViews.grouped(tensors, of: storages, into: &collection) {
            guard let range = ranges[view.key] else { throw WeightError("its storage \(view.key.prefix(40)) is missing", tensor: view.tensors[0].name) }
            try view.add(bytes, range, to: &collection)
        }
    }
}
