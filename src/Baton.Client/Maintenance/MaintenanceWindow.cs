namespace Baton.Client;

/// <summary>A maintenance that was announced and is not over.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Sequence">The opener's number; -1 when it had none.</param>
/// <param name="OpenedMs">When it was heard of.</param>
/// <param name="EndsMs">When it is taken for over, whatever is or is not heard.</param>
internal sealed record MaintenanceWindow(MaintenanceKind Kind, long Sequence, long OpenedMs, long EndsMs);
