using Xunit;

namespace Baton.Integration.Tests.Faults;

/// <summary>Faults run one after the other: each waits for limits that a loaded machine would stretch.</summary>
[CollectionDefinition(Name)]
public sealed class FaultCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "faults";
}
