/// A fused elementwise kernel in its finished form. Values live in numbered slots: first one for each source, in order, then those that steps write.
package struct ElementwiseKernel: Sendable {
    /// Memory that is read into the slot of its place in the list.
    package struct Source: Sendable {
        package var buffer: Int
        package var view: RepeatedView
    }

    /// A function of some slots.
    package struct Step: Sendable, Equatable {
        package var function: StepFunction
        package var destination: Int
        package var operands: [Int]
        /// Whether the first operand is the value of the step before, in the same segment, rather than what its slot holds.
        package var continues = false
        /// Whether the value is stored into its slot: somebody other than the next step reads it.
        package var isKept = true
    }

    package struct Sink: Sendable {
        package var slot: Int
        package var buffer: Int
        package var view: RepeatedView
        /// Whether arithmetic made the value: then a NaN may have any pattern, and is stored as the one pattern of results.
        package var isComputed: Bool
    }

    package struct Fold: Sendable {
        package var kind: Reduction
        package var slot: Int
        package var result: Int
        /// Where sums of more than 1024 rows keep the sums of their chunks.
        package var partial: Int?
    }

    /// Elements of the domain.
    package var count: Int
    package var slots: Int
    package var sources: [Source]
    /// Steps whose values are the same for every element: computed once, before all others.
    package var once: [Step]
    /// Steps for every element. A segment's steps pass their values on in registers.
    package var segments: [[Step]]
    package var sinks: [Sink]
    package var folds: [Fold]
    /// Of the reductions: outer * rows * inner = count.
    package var outer = 1, rows = 1, inner = 1

    package var steps: [Step] { segments.flatMap { $0 } }
    /// Functions, loads, stores and reductions for each element: how much work there is.
    package var weight: Int { (once + steps).reduce(0) { $0 + $1.function.weight } + sources.count + sinks.count + folds.count }
}

/// What a step computes.
package enum StepFunction: Sendable, Hashable {
    case function(ElementwiseFunction)
    /// b - a of operands a, b: a subtraction whose second operand is in registers.
    case subtractFrom
    /// b / a of operands a, b.
    case divideInto
    /// sign > bound ? value : value * slope of operands value, sign, bound, slope; the last two are the same for every element.
    case rectify
    /// The same where the value is its own sign: value > bound ? value : value * slope of operands value, bound, slope.
    case rectifySelf

    package var name: String {
        switch self {
        case .function(let function): function.rawValue
        case .subtractFrom: "subtractFrom"
        case .divideInto: "divideInto"
        case .rectify, .rectifySelf: "rectify"
        }
    }

    package var arity: Int {
        switch self {
        case .function(let function): function.arity
        case .subtractFrom, .divideInto: 2
        case .rectify: 4
        case .rectifySelf: 3
        }
    }

    /// How many functions of the graph it stands for.
    var weight: Int {
        switch self {
        case .rectify, .rectifySelf: 3
        default: 1
        }
    }

    /// Whether it is one of few instructions, which runs among others without leaving the registers; any other has a loop of its own.
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

    /// The same function of its two operands exchanged, if there is one.
    var exchanged: StepFunction? {
        switch self {
        case .function(.add), .function(.multiply): self
        case .function(.subtract): .subtractFrom
        case .function(.divide): .divideInto
        default: nil
        }
    }
}

/// A view that begins again after a number of elements: what repeats all of it is left to the period.
package struct RepeatedView: Sendable, Hashable {
    /// Without axes that only repeat it, of at least one axis.
    package var view: View
    /// Elements after which it begins again: the product of the extents.
    package var period: Int

    /// - Parameter merged: with neighbouring axes merged as far as they go
    init(_ merged: View) {
        let first = merged.extents.indices.first { merged.strides[$0] != 0 && merged.extents[$0] != 1 } ?? merged.extents.count
        view = View(offset: merged.offset, extents: Array(merged.extents[first...]), strides: Array(merged.strides[first...])).merged
        period = view.extents.reduce(1, *)
    }

    /// Whether it is one after the other through all of a domain.
    package func isWhole(_ count: Int) -> Bool { period == count && view.extents.count == 1 && (view.strides[0] == 1 || count == 1) }

    /// Whether it is one number for every element of a domain.
    package func isSingle(_ count: Int) -> Bool { period == 1 && count > 1 }

    /// Elements of memory from the first to the last that it touches, that one included.
    package var span: Int { zip(view.extents, view.strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 } }
}

/// Updates of Adam over parameters of one size, each in one pass over its memory:
/// m' = m beta1 + g share1, v' = v beta2 + g g share2, p' = p - (rate m') / (sqrt(v') + epsilon), clipped where bounds are given.
package struct AdamKernel: Sendable {
    package struct Update: Sendable, Equatable {
        package var parameter: Place, m: Place, v: Place, gradient: Place
        package var beta1: Place, beta2: Place, share2: Place, rate: Place, epsilon: Place
        /// Nil where it is 1, as beside a beta1 of 0.
        package var share1: Place?
        package var low: Place?, high: Place?
        package var newParameter: Place, newM: Place, newV: Place

        /// Tensors that are read, those that are written, and single numbers.
        package var read: [Place] { [parameter, m, v, gradient] }
        package var written: [Place] { [newParameter, newM, newV] }
        package var numbers: [Place] { [beta1, beta2, share2, rate, epsilon] + [share1, low, high].compactMap { $0 } }
        /// Functions of the graph that it stands for.
        var functions: Int { 11 + (share1 == nil ? 0 : 1) + (low == nil ? 0 : 2) }
    }

    package var count: Int
    package var updates: [Update]

    package var weight: Int { updates.reduce(0) { $0 + $1.functions + 7 + $1.numbers.count } }
}
