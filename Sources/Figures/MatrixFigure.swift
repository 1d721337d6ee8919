public import Canonical

/// A square of numbers in 0...1, rows against columns; each cell says its number, the shade repeats it.
public struct MatrixFigure: Sendable, Equatable {
    public struct Cell: Sendable, Equatable {
        public var value: Double
        public var lower: Double
        public var upper: Double

        public init(value: Double, lower: Double, upper: Double) {
            self.value = value
            self.lower = lower
            self.upper = upper
        }
    }

    public var title: String
    /// What a cell says of its row and column.
    public var meaning: String
    public var measurement: MeasurementProtocol?
    public var notes: [String]
    public var names: [String]
    /// [row][column]; nil where there is nothing to say, as on the diagonal.
    public var cells: [[Cell?]]

    public init(title: String, meaning: String, measurement: MeasurementProtocol?, notes: [String], names: [String], cells: [[Cell?]]) {
        self.title = title
        self.meaning = meaning
        self.measurement = measurement
        self.notes = notes
        self.names = names
        self.cells = cells
    }

    public var csv: String {
        var table = CSVText(columns: ["row", "column", "value", "lower", "upper"])
        for (row, cells) in zip(names, cells) {
            for (column, cell) in zip(names, cells) {
                guard let cell else { continue }
                table.append([row, column] + [cell.value, cell.lower, cell.upper].map(DecimalText.exact))
            }
        }
        return table.text
    }

    public var json: JSONValue {
        [
            "title": .string(title), "meaning": .string(meaning), "protocol": measurement?.json ?? .null,
            "notes": .array(notes.map { .string($0) }), "names": .array(names.map { .string($0) }),
            "cells": .array(
                cells.map { row in
                    .array(row.map { $0.map { ["value": .number($0.value), "lower": .number($0.lower), "upper": .number($0.upper)] } ?? .null })
                }),
        ]
    }

    public func svg(_ style: FigureStyle = FigureStyle()) -> String { MatrixDrawing(figure: self, style: style).svg() }
}
