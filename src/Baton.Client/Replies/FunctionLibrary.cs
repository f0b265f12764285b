namespace Baton.Client;

/// <summary>A library of functions.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Engine">The language: <c>LUA</c>.</param>
/// <param name="Functions">The names of its functions.</param>
public sealed record FunctionLibrary(string Name, string Engine, string[] Functions);
