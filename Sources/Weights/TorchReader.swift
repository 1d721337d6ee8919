internal import Archives

/// Reads what `torch.save` (since 1.6) and `torch.jit.save` write: a zip file with a pickle `data.pkl`, which refers to members `data/KEY`.
enum TorchReader {
    /// The largest pickle, in bytes. Those of large networks have less than a megabyte.
    static let longestPickle = 1 << 24

    static func matches(_ bytes: [UInt8]) -> Bool {
        guard let zip = try? ZipContents(bytes, limit: .max) else { return false }
        return pickle(zip) != nil
    }

    private static func pickle(_ zip: ZipContents) -> String? {
        let found = zip.names.filter { $0 == "data.pkl" || ($0.hasSuffix("/data.pkl") && $0.split(separator: "/").count == 2) }
        return found.count == 1 ? found[0] : nil
    }

    static func read(_ bytes: [UInt8], into collection: inout TensorCollection) throws(WeightError) {
        let zip = try archived { () throws(ArchiveError) in try ZipContents(bytes, limit: WeightFile.mostBytes) }
        guard let name = pickle(zip), let size = zip.size(of: name) else { throw WeightError("there is no member data.pkl") }
        guard size <= longestPickle else { throw WeightError("the member \(name) has \(size) bytes; at most \(longestPickle) are supported") }
        let folder = String(name.dropLast("data.pkl".count))
        if let order = try content(of: folder + "byteorder", zip), order != Array("little".utf8) { throw WeightError("only little-endian files are supported") }
        var machine = PickleMachine(ByteCursor(try content(of: name, zip) ?? []))
        let root = try machine.run()
        // Each storage is read once, whatever number of tensors look at it.
        for view in try StorageViews.grouped(machine.namedTensors(root), of: machine.storages, into: &collection) {
            guard !view.key.contains("/"), let bytes = try content(of: "\(folder)data/\(view.key)", zip) else {
                throw WeightError("its storage \(view.key.prefix(40)) is missing", tensor: view.tensors[0].name)
            }
            try view.add(bytes, bytes.indices, to: &collection)
        }
    }

    private static func content(of name: String, _ zip: ZipContents) throws(WeightError) -> [UInt8]? {
        try archived { () throws(ArchiveError) in try zip.content(of: name) }
    }

    private static func archived<Value>(_ read: () throws(ArchiveError) -> Value) throws(WeightError) -> Value {
        do { return try read() } catch { throw WeightError("\(error)") }
    }
}

/// The tensors that are views of one storage.
struct StorageViews {
    let key: String
    let type: NumberType
    /// Elements that the file says the storage has.
    let count: Int
    let tensors: [(name: String, tensor: PickleMachine.TensorReference)]

    /// Groups tensors by storage. Names of integers are left out; all others are reserved, so their total is bounded before a number is read.
    static func grouped(
        _ tensors: [(name: String, tensor: PickleMachine.TensorReference)], of storages: [PickleMachine.StorageReference], into collection: inout TensorCollection
    ) throws(WeightError) -> [StorageViews] {
        var groups: [String: [(name: String, tensor: PickleMachine.TensorReference)]] = [:]
        var kinds: [String: PickleMachine.StorageReference] = [:]
        for one in tensors {
            let storage = storages[one.tensor.storage]
            _ = try collection.reserve(one.name, one.tensor.shape, isNumber: storage.type.isReal)
            guard storage.type.isReal else {
                collection.leaveOut(one.name)
                continue
            }
            if let known = kinds[storage.key], known != storage { throw WeightError("its storage is declared in two ways", tensor: one.name) }
            kinds[storage.key] = storage
            groups[storage.key, default: []].append(one)
        }
        return groups.keys.sorted().compactMap { key in
            kinds[key].flatMap { kind in groups[key].map { StorageViews(key: key, type: kind.type, count: kind.count, tensors: $0) } }
        }
    }

    /// Adds the tensors, given the bytes of the storage.
    /// - Errors: `WeightError` if the storage has another size than declared, and for tensors that reach beyond it or overlap within themselves
    func add(_ bytes: [UInt8], _ range: Range<Int>, to collection: inout TensorCollection) throws(WeightError) {
        guard case let (size, overflow) = count.multipliedReportingOverflow(by: type.size), !overflow, size == range.count else {
            throw WeightError("its storage has \(range.count) bytes; expected \(count) elements of \(type.size) bytes", tensor: tensors[0].name)
        }
        for (name, tensor) in tensors {
            let order = try Self.denseOrder(name, tensor, count: count)
            let length = tensor.shape.reduce(1, *), start = range.lowerBound + tensor.offset * type.size
            let stored = type.values(bytes[start..<start + length * type.size])
            let values = order.map { Self.rowMajor(stored, shape: tensor.shape, strides: tensor.strides, axes: $0) } ?? stored
            collection.add(WeightTensor(name: name, shape: tensor.shape, values: values))
        }
    }

    /// Checks that a tensor covers a part of its storage, each element once, in any order of its axes.
    /// - Returns: the strides' order, outermost axis first, or nil if the elements are in row-major order
    private static func denseOrder(_ name: String, _ tensor: PickleMachine.TensorReference, count: Int) throws(WeightError) -> [Int]? {
        let length = tensor.shape.reduce(1, *)
        guard tensor.offset <= count, length <= count - tensor.offset else {
            throw WeightError("the shape \(tensor.shape) at offset \(tensor.offset) reaches beyond its storage of \(count) elements", tensor: name)
        }
        if length == 0 { return nil }
        let axes = tensor.shape.indices.filter { tensor.shape[$0] > 1 }
        let sorted = axes.sorted { (tensor.strides[$0], $1) > (tensor.strides[$1], $0) }
        var step = 1
        for axis in sorted.reversed() {
            guard tensor.strides[axis] == step else {
                throw WeightError("the strides \(tensor.strides) of the shape \(tensor.shape) overlap or leave gaps", tensor: name)
            }
            step *= tensor.shape[axis]
        }
        return sorted == axes ? nil : sorted
    }

    private static func rowMajor(_ stored: [Float], shape: [Int], strides: [Int], axes: [Int]) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(stored.count)
        var index = [Int](repeating: 0, count: shape.count), place = 0
        for _ in stored.indices {
            result.append(stored[place])
            for axis in shape.indices.reversed() where shape[axis] > 1 {
                index[axis] += 1
                place += strides[axis]
                if index[axis] < shape[axis] { break }
                place -= shape[axis] * strides[axis]
                index[axis] = 0
            }
        }
        return result
    }
}
