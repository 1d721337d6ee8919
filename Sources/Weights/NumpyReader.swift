internal import Archives

/// Reads the arrays of a `.npz` file.
enum NumpyReader {
    static func read(_ bytes: [UInt8], into collection: inout TensorCollection) throws(WeightError) {
        let arrays: [ArrayEntry]
        do { arrays = try Npz.arrays(bytes, limit: WeightFile.mostBytes) } catch { throw WeightError("\(error)") }
        for array in arrays {
            switch array.elements {
            case .float32(let values):
                _ = try collection.reserve(array.name, array.shape)
                collection.add(WeightTensor(name: array.name, shape: array.shape, values: values))
            case .float64(let values):
                _ = try collection.reserve(array.name, array.shape)
                collection.add(WeightTensor(name: array.name, shape: array.shape, values: values.map { Float($0) }))
            case .int64, .uint8:
                _ = try collection.reserve(array.name, array.shape, isNumber: false)
                collection.leaveOut(array.name)
            }
        }
    }
}
