public import Graphs

/// The invertible map between images and latents of a conditional flow, given the low resolution. Both plans read one set of parameters, those of the training program, and work for images
/// of any size that the flow's levels divide.
public struct LatentMap: Sendable {
    private let network: SRFlowNetwork
    private let batch: Int
    /// Standard deviation of the latents of the model's own samples.
    public let temperature: Double

    init(network: SRFlowNetwork, batch: Int, temperature: Double) { (self.network, self.batch, self.temperature) = (network, batch, temperature) }

    /// Shapes of an example's latents: those that leave after each split, then those of the last level. Their rows follow one another in this order.
    public var groups: [ExampleShape] { network.flow.latentShapes }

    private var data: FlowData { FlowData(images: network.pair.high) }

    private func context(_ graph: Graph) -> FlowContext {
        network.context(
            network.pair.lowResolution(graph, batch), flow: ParameterSet(graph, prefix: SRFlowNetwork.flowPrefix),
            encoder: ParameterSet(graph, prefix: SRFlowNetwork.encoderPrefix))
    }

    /// From latents to images, without a temperature: that of the samples is the standard deviation of the latents given.
    /// - Shapes: inputs "latents" [batch, h w c] and "low_resolution"; output "images" [batch, h, w, c] in [0, 1]
    public func decoding() throws(PlanError) -> Plan {
        let graph = Graph(), z = graph.input("latents", [batch, network.pair.high.count])
        return try Plan(graph, outputs: [("images", data.examples(network.flow.inverse(z, context(graph)).value))])
    }

    /// From images to their latents; each value stands in the middle of its interval of 1/256, so that `decoding` gives back the same levels.
    /// - Shapes: inputs "images" [batch, h, w, c] in [0, 1] and "low_resolution"; output "latents" [batch, h w c]
    public func encoding() throws(PlanError) -> Plan {
        let graph = Graph(), images = network.pair.images(graph, batch)
        let y = data.continuous(images, noise: graph.constant(0.5))
        return try Plan(graph, outputs: [("latents", network.flow.forward(y, context(graph)).value)])
    }
}
