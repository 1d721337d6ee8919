/// What the allowed names build: tensors, and containers.
extension PickleMachine {
    mutating func call() throws(WeightError) {
        guard case .tuple(let index) = try pop(), case .name(let name) = try pop() else { throw failure("a call of a value that is not a name") }
        let arguments = lists[index]
        switch name {
        case .orderedDictionary: push(items: try pairs(arguments))
        case .rebuildTensor, .rebuildTensor2: try rebuildTensor(arguments)
        case .rebuildParameter:
            guard case .tensor(let tensor)? = arguments.first else { throw failure("a parameter without a tensor") }
            push(.tensor(tensor))
        case .typedList:
            guard case .list(let list)? = arguments.first else { throw failure("a typed list without a list") }
            push(.list(list))
        case .storage, .scriptClass: throw failure("a call of a class")
        }
    }

    /// The items of `OrderedDict([[key, value], ...])`, as Python 2 writes it.
    private func pairs(_ arguments: [Value]) throws(WeightError) -> [(key: Value, value: Value)] {
        guard let first = arguments.first else { return [] }
        guard arguments.count == 1, case .list(let index) = first else { throw failure("an OrderedDict of something else than a list") }
        var items: [(key: Value, value: Value)] = []
        for pair in lists[index] {
            guard let parts = elements(pair), parts.count == 2 else { throw failure("an item of an OrderedDict that is not a pair") }
            items.append((parts[0], parts[1]))
        }
        return items
    }

    private func elements(_ value: Value) -> [Value]? {
        switch value {
        case .list(let index), .tuple(let index): lists[index]
        default: nil
        }
    }

    private func integers(_ value: Value) -> [Int]? {
        guard let values = elements(value), values.count <= WeightFile.mostAxes else { return nil }
        var result: [Int] = []
        for value in values {
            guard case .integer(let number) = value, number >= 0 else { return nil }
            result.append(number)
        }
        return result
    }

    private mutating func rebuildTensor(_ arguments: [Value]) throws(WeightError) {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1], offset >= 0,
            let shape = integers(arguments[2]), let strides = integers(arguments[3]), shape.count == strides.count
        else { throw failure("a tensor with an invalid storage, offset, shape or strides") }
        push(.tensor(tensors.count))
        tensors.append(TensorReference(storage: storage, offset: offset, shape: shape, strides: strides))
    }

    /// A storage: ("storage", class, key, location, number of elements), and in the older form a view, which must be none.
    mutating func persistent() throws(WeightError) {
        guard case .tuple(let index) = try pop(), case let parts = lists[index], parts.count == 5 || parts.count == 6, parts[0] == .text("storage"),
            case .name(.storage(let type)) = parts[1], case .text(let key) = parts[2], case .integer(let count) = parts[4], count >= 0
        else { throw failure("a reference that is not a storage") }
        guard parts.count == 5 || parts[5] == .none else { throw failure("a storage that is a view of another one; save the state dictionary again with PyTorch 0.4 or later") }
        push(.storage(storages.count))
        storages.append(StorageReference(key: key, type: type, count: count))
    }

    mutating func newObject() throws(WeightError) {
        guard case .tuple(let index) = try pop(), lists[index].isEmpty, case .name(.scriptClass) = try pop() else {
            throw failure("an object of a class that is not a TorchScript module")
        }
        push(items: [])
    }

    /// The attributes of an object. The state of an OrderedDict, which describes modules, is read and left out.
    mutating func setState() throws(WeightError) {
        let state = try pop()
        guard case .dictionary(let object) = try pop() else { throw failure("a state for a value without one") }
        push(.dictionary(object))
        guard case .dictionary(let attributes) = state else { throw failure("a state that is not a dictionary") }
        guard dictionaries[object].isEmpty, attributes != object else { return }
        copied += dictionaries[attributes].count
        guard copied <= 4 * WeightFile.mostTensors else { throw failure("objects with more than \(4 * WeightFile.mostTensors) attributes") }
        dictionaries[object] = dictionaries[attributes]
    }

    // MARK: The result

    /// The tensors of a result by name: the texts of nested dictionaries and the attributes of modules, joined by dots. A dictionary under the only
    /// key, or under "state_dict", "model" or "model_state_dict", is taken for the result itself.
    func namedTensors(_ root: Value) throws(WeightError) -> [(name: String, tensor: TensorReference)] {
        var found: [(name: String, tensor: TensorReference)] = []
        var open: [(prefix: String, value: Value, depth: Int)] = [("", stateDictionary(root), 0)]
        var visits = 0
        while let next = open.popLast() {
            visits += 1
            guard visits <= 4 * WeightFile.mostTensors else { throw WeightError("more than \(4 * WeightFile.mostTensors) values") }
            switch next.value {
            case .tensor(let index): found.append((next.prefix, tensors[index]))
            case .dictionary(let index):
                guard next.depth < 64 else { throw WeightError("nested more than 64 levels deep", tensor: next.prefix) }
                guard dictionaries[index].count <= 4 * WeightFile.mostTensors - visits else { throw WeightError("more than \(4 * WeightFile.mostTensors) values") }
                for (key, value) in dictionaries[index] {
                    guard case .text(let name) = key else { continue }
                    let path = next.prefix.isEmpty ? name : "\(next.prefix).\(name)"
                    guard path.utf8.count <= WeightFile.longestName else { throw WeightError("a name of more than \(WeightFile.longestName) bytes", tensor: path) }
                    open.append((path, value, next.depth + 1))
                }
            default: break
            }
        }
        guard !found.isEmpty else { throw WeightError("the file contains no named tensors; save a state dictionary") }
        return found
    }

    private func stateDictionary(_ root: Value) -> Value {
        guard case .dictionary(let index) = root else { return root }
        for (key, value) in dictionaries[index] {
            if case .text(let name) = key, ["state_dict", "model_state_dict", "model"].contains(name), case .dictionary = value { return value }
        }
        return root
    }
}
