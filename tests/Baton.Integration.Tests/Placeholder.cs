namespace Baton.Integration.Tests;
