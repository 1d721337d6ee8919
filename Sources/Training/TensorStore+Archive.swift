internal import Archives
import Engine
import Graphs

extension TensorStore {
    /// Adds the parameters that a plan reads and the store lacks, from the tensors of a checkpoint.
    /// - Errors: `TrainingError.checkpointMismatch`
    func add(parametersOf plan: Plan, from archive: Archive) throws(TrainingError) {
        for (name, shape) in plan.parameters where self.shape(of: name) == nil {
            guard let entry = archive[name], case .float32(let numbers) = entry.elements, entry.shape == shape.extents else {
                throw .checkpointMismatch("the tensor \(name) is missing or has another shape")
            }
            create(name, shape)
            self[name] = numbers
        }
    }
}
