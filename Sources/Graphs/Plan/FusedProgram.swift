/// A fused elementwise kernel as the planner assembles it: instructions over registers, one per node. `Lowering` turns it into its final form.
struct FusedProgram {
    struct Instruction {
        var function: ElementwiseFunction
        var destination: Int
        var operands: [Int]
    }
    struct Access {
        var register: Int
        var buffer: Int
        var view: View  // merged
    }
    struct Fold {
        var kind: Reduction
        var register: Int
        var result: Int
        var partial: Int?
    }

    /// Number of registers.
    static let registers = 32

    var count: Int
    var instructions: [Instruction] = []
    /// Each is loaded into its register before the first instruction.
    var sources: [Access] = []
    /// Each is stored from its register after the last instruction.
    var sinks: [Access] = []
    var folds: [Fold] = []
    /// The domain of the reductions: outer * rows * inner = count.
    var outer = 1, rows = 1, inner = 1
}
