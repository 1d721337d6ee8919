/// A lowered elementwise kernel. Values live in numbered slots: first one per source, in order, then those that steps write.
package struct ElementwiseKernel: Sendable {
    /// Memory that is read into the slot with the source's index.
    package struct Source: Sendable {
        /// The buffer that is read.
        package var buffer: Int
        /// How it is addressed.
        package var view: RepeatedView
    }

    /// One function applied to slots.
    package struct Step: Sendable, Equatable {
        /// The function.
        package var function: StepFunction
        /// The slot that receives the value.
        package var destination: Int
        /// The slots of the operands.
        package var operands: [Int]
        /// Whether the first operand is passed in a register from the preceding step of the same segment; its slot is then not read.
        package var continues = false
        /// Whether the value is stored into its slot because something other than the next step reads it.
        package var isKept = true
    }

    /// A value stored to memory.
    package struct Sink: Sendable {
        /// The slot that is stored.
        package var slot: Int
        /// The buffer that is written.
        package var buffer: Int
        /// How it is addressed.
        package var view: RepeatedView
        /// Whether arithmetic produced the value. A NaN may then have any payload and is stored as the canonical NaN.
        package var isComputed: Bool
    }

    /// A reduction of one slot over the kernel's domain.
    package struct Fold: Sendable {
        /// Sum or maximum.
        package var kind: Reduction
        /// The slot that is reduced.
        package var slot: Int
        /// The buffer of the result, [outer, inner].
        package var result: Int
        /// Buffer for the partial sums of chunks if there are more than 1024 rows.
        package var partial: Int?
    }

    /// Number of elements of the domain.
    package var count: Int
    /// Number of slots.
    package var slots: Int
    /// Memory that is read.
    package var sources: [Source]
    /// Steps whose value is the same for every element; computed once, before all others.
    package var once: [Step]
    /// Steps that run per element. Steps of one segment pass values in registers.
    package var segments: [[Step]]
    /// Values stored to memory.
    package var sinks: [Sink]
    /// Reductions.
    package var folds: [Fold]
    /// The domain of the reductions: outer * rows * inner = count.
    package var outer = 1, rows = 1, inner = 1

    /// The steps of all segments.
    package var steps: [Step] { segments.flatMap { $0 } }
    /// Cost estimate per element: functions, loads, stores, and reductions.
    package var weight: Int { (once + steps).reduce(0) { $0 + $1.function.weight } + sources.count + sinks.count + folds.count }
}

/// The function of a step: one of the graph's, or a combination that lowering introduces.
package enum StepFunction: Sendable, Hashable {
    case function(ElementwiseFunction)
    /// b - a for operands a, b: a subtraction whose second operand is in a register.
    case subtractFrom
    /// b / a for operands a, b.
    case divideInto
    /// sign > bound ? value : value * slope, for operands value, sign, bound, slope. Bound and slope are the same for every element.
    case rectify
    /// The same if value and sign coincide: value > bound ? value : value * slope, for operands value, bound, slope.
    case rectifySelf

    /// The name in the printed plan.
    package var name: String {
        switch self {
        case .function(let function): function.rawValue
        case .subtractFrom: "subtractFrom"
        case .divideInto: "divideInto"
        case .rectify, .rectifySelf: "rectify"
        }
    }

    /// Number of operands.
    package var arity: Int {
        switch self {
        case .function(let function): function.arity
        case .subtractFrom, .divideInto: 2
        case .rectify: 4
        case .rectifySelf: 3
        }
    }

    /// Number of graph functions that the step replaces.
    var weight: Int {
        switch self {
        case .rectify, .rectifySelf: 3
        default: 1
        }
    }

    /// Whether it takes few instructions and can run with others without leaving registers. Any other function runs in a loop of its own.
    package var isLight: Bool {
        switch self {
        case .function(let function):
            switch function {
            case .copy, .add, .subtract, .multiply, .divide, .minimum, .maximum, .negate, .absolute, .square, .squareRoot, .greater, .greaterOrEqual, .equal,
                .select: true
            default: false
            }
        case .subtractFrom, .divideInto, .rectify, .rectifySelf: true
        }
    }

    /// The same function with its operands exchanged, or nil.
    var exchanged: StepFunction? {
        switch self {
        case .function(.add), .function(.multiply): self
        case .function(.subtract): .subtractFrom
        case .function(.divide): .divideInto
        default: nil
        }
    }
}

/// A view that repeats with a period; leading axes of stride 0 are expressed by the period.
package struct RepeatedView: Sendable, Hashable {
    /// The view of one period, with at least one axis.
    package var view: View
    /// Number of elements after which it repeats: the product of the extents.
    package var period: Int

    /// - Parameter merged: a view with adjacent axes merged as far as possible
    init(_ merged: View) {
        let first = merged.extents.indices.first { merged.strides[$0] != 0 && merged.extents[$0] != 1 } ?? merged.extents.count
        view = View(offset: merged.offset, extents: Array(merged.extents[first...]), strides: Array(merged.strides[first...])).merged
        period = view.extents.reduce(1, *)
    }

    /// Whether the view addresses a domain of `count` elements contiguously.
    package func isWhole(_ count: Int) -> Bool { period == count && view.extents.count == 1 && (view.strides[0] == 1 || count == 1) }

    /// Whether the view yields one number for every element of a domain of `count` elements.
    package func isSingle(_ count: Int) -> Bool { period == 1 && count > 1 }

    /// Number of memory elements from the first to the last addressed, inclusive.
    package var span: Int { zip(view.extents, view.strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 } }
}

/// Adam updates of parameters of one size, each in one pass over memory:
/// m' = m beta1 + g share1, v' = v beta2 + g g share2, p' = p - (rate m') / (sqrt(v') + epsilon), clamped to [low, high] if given.
package struct AdamKernel: Sendable {
    /// The update of one parameter.
    package struct Update: Sendable, Equatable {
        /// Tensors that are read: the parameter, both moments, and the gradient.
        package var parameter: Place, m: Place, v: Place, gradient: Place
        /// Scalars: decay of both moments, 1 - beta2, the bias-corrected learning rate, and epsilon.
        package var beta1: Place, beta2: Place, share2: Place, rate: Place, epsilon: Place
        /// 1 - beta1; nil if it is 1, as for beta1 = 0.
        package var share1: Place?
        /// Bounds of the new parameter; both or none.
        package var low: Place?, high: Place?
        /// Tensors that are written.
        package var newParameter: Place, newM: Place, newV: Place

        /// Tensors that are read.
        package var read: [Place] { [parameter, m, v, gradient] }
        /// Tensors that are written.
        package var written: [Place] { [newParameter, newM, newV] }
        /// Scalars that are read.
        package var numbers: [Place] { [beta1, beta2, share2, rate, epsilon] + [share1, low, high].compactMap { $0 } }
        /// Number of graph functions that the update replaces.
        var functions: Int { 11 + (share1 == nil ? 0 : 1) + (low == nil ? 0 : 2) }
    }

    /// Number of elements of each parameter.
    package var count: Int
    /// The updates.
    package var updates: [Update]

    /// Cost estimate per element: functions, loads, and stores.
    package var weight: Int { updates.reduce(0) { $0 + $1.functions + 7 + $1.numbers.count } }
}

/// A fused elementwise kernel under construction by the planner.
struct ElementwiseBuilder {
    enum Item {
        /// An elementwise node of the graph.
        case node(Int)
        /// A reduction node. Its operand is a value of this kernel or a source.
        case fold(Int)
        /// The value of a node, stored into part of another node's memory (concatenation and padding).
        case store(value: Int, into: Int, View)
        /// Zeros for all memory of a node (padding).
        case clear(Int)
    }

    var count: Int
    var items: [Item] = []
    var geometry: (outer: Int, rows: Int, inner: Int)?
    /// Base nodes read from memory, used to find kernels that share sources.
    var bases: Set<Int> = []
}
