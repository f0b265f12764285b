namespace Baton.Cli.Bench.Clients;

/// <summary>One measured leg.</summary>
internal sealed record ClientBenchLeg(int Round, string Client, string Test, int Callers, LegFigures Figures);
