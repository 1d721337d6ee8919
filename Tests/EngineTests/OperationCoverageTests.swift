import Testing

@testable import Graphs

/// Every operation occurs in a finite-difference case and in a golden case, whose bits are pinned.
@Suite struct OperationCoverageTests {
    /// The kind of an operation, without its parameters.
    static func kind(_ operation: Graphs.Operation) -> String {
        switch operation {
        case .elementwise(let function): "elementwise \(function.rawValue)"
        case .reduce(let reduction): "reduce \(reduction.rawValue)"
        case .product(let transposeA, let transposeB): "product\(transposeA ? " A'" : "")\(transposeB ? " B'" : "")"
        case .matrix(let function): "matrix \(function.rawValue)"
        default: String("\(operation)".prefix { $0 != "(" })
        }
    }

    private static func kinds(_ shapes: [Shape], _ build: ([Tensor]) -> [Tensor]) -> Set<String> {
        let graph = Graph()
        let inputs = shapes.enumerated().map { graph.parameter("x\($0.offset)", $0.element) }
        _ = build(inputs)
        return Set(graph.nodes.map { kind($0.operation) })
    }

    static let functions = ElementwiseFunction.allCases.map { kind(.elementwise($0)) }
    static let others = [
        "reduce sum", "reduce maximum", "product", "product A'", "product B'", "product A' B'", "convolution", "convolutionInputGradient", "reshape",
        "broadcast", "permute", "slice", "pad", "concatenate", "gatherRows", "overrideGradient", "matrix inverse", "matrix logAbsoluteDeterminant",
    ]
    /// Functions that are constant wherever they have a derivative.
    private static let steps = Set(["sign", "greater", "greaterOrEqual", "equal", "floor", "round"].map { "elementwise \($0)" })

    @Test func finiteDifferencesReachEveryOperationThatHasAGradient() {
        let found = GradientTests.cases.reduce(into: Set<String>()) { found, example in found.formUnion(Self.kinds(example.shapes) { [example.build($0)] }) }
        for kind in Self.functions + Self.others where !Self.steps.contains(kind) { #expect(found.contains(kind), "no difference is taken of \(kind)") }
    }

    @Test func goldenValuesReachEveryOperation() throws {
        let fixture = try OperationFixture.shared.get()
        var found: Set<String> = []
        for operation in OperationCase.all {
            let golden = try #require(fixture.operation(operation.name))
            found.formUnion(Self.kinds(golden.inputs.map(\.shape), operation.build))
        }
        for kind in Self.functions + Self.others { #expect(found.contains(kind), "no golden value is of \(kind)") }
    }
}
