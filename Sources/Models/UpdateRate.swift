public import Graphs

/// A scalar input of a step: Adam's rate with its bias corrections, which count the updates of one network.
public struct UpdateRate: Sendable {
    public enum Network: Sendable { case discriminator, generator, all }

    public let input: String
    public let adam: Adam
    public let learningRate: Double
    public let network: Network

    func value(step t: Int, schedule: UpdateSchedule) -> Float {
        let updates = network == .generator ? Swift.max(1, schedule.generatorUpdates(through: t)) : t
        return adam.correctedRate(learningRate: learningRate, update: updates)
    }
}
