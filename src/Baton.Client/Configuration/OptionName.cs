namespace Baton.Client;

/// <summary>An option that text can set.</summary>
/// <param name="Name">Its main name.</param>
/// <param name="Apply">Sets it; throws <see cref="FormatException"/> with what a value must be.</param>
internal sealed record OptionName(string Name, Action<OptionsBuilder, string> Apply);
