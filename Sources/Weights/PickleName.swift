/// The qualified names that a file of weights may contain.
enum PickleName: Equatable {
    case orderedDictionary
    case rebuildTensor, rebuildTensor2, rebuildParameter
    /// A list that `torch.jit.save` writes.
    case typedList
    case storage(NumberType)
    /// A class of a TorchScript module, whose attributes are read and whose code is not.
    case scriptClass

    init?(module: String, name: String) {
        if module == "__torch__" || module.hasPrefix("__torch__.") {
            self = .scriptClass
        } else if module == "torch", let type = Self.storages[name] {
            self = .storage(type)
        } else if let known = Self.known["\(module).\(name)"] {
            self = known
        } else {
            return nil
        }
    }

    private static let known: [String: PickleName] = [
        "collections.OrderedDict": .orderedDictionary,
        "torch._utils._rebuild_tensor": .rebuildTensor, "torch._utils._rebuild_tensor_v2": .rebuildTensor2, "torch._utils._rebuild_parameter": .rebuildParameter,
        "torch.jit._pickle.build_intlist": .typedList, "torch.jit._pickle.build_doublelist": .typedList, "torch.jit._pickle.build_boollist": .typedList,
        "torch.jit._pickle.build_tensorlist": .typedList,
    ]

    private static let storages: [String: NumberType] = [
        "HalfStorage": .half, "BFloat16Storage": .bfloat16, "FloatStorage": .single, "DoubleStorage": .double, "BoolStorage": .integer(1), "ByteStorage": .integer(1),
        "CharStorage": .integer(1), "ShortStorage": .integer(2), "IntStorage": .integer(4), "LongStorage": .integer(8),
    ]
}
