using Xunit;

namespace Baton.Integration.Tests.Peers;

/// <summary>
/// Test classes that put a whole cluster under load run one after the other: side by side they would only measure each other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class HeavyLoad
{
    /// <summary>The collection's name.</summary>
    public const string Name = "heavy load";
}
