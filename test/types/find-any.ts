import ts from 'typescript';

/**
 * The places below a module's exports where a consumer would meet an `any`: in a property, a parameter, a result, a type
 * argument, however deep. What other packages declare is theirs, so it is not looked into, but for its arguments.
 */
export function findAny(program: ts.Program, entry: string): string[] {
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(entry);
  const module = file && checker.getSymbolAtLocation(file);
  if (file === undefined || module === undefined) throw new Error(`${entry} is no module of this program`);
  const found: string[] = [];
  const seen = new Set<ts.Type>();

  const visit = (type: ts.Type, path: string): void => {
    if ((type.flags & ts.TypeFlags.Any) !== 0) found.push(path);
    if (seen.has(type)) return;
    seen.add(type);
    for (const [index, argument] of (type.aliasTypeArguments ?? []).entries()) visit(argument, `${path}<${index}>`);
    if (type.isUnionOrIntersection()) for (const part of type.types) visit(part, path);
    if (type.isTypeParameter()) visitAll([type.getConstraint(), type.getDefault()], path);
    if ((type.flags & ts.TypeFlags.Object) === 0) return;
    if (isReference(type)) {
      for (const [index, argument] of checker.getTypeArguments(type).entries()) visit(argument, `${path}<${index}>`);
    }
    if (isForeign(type.symbol)) return;
    for (const property of type.getProperties()) {
      if (!isForeign(property)) visit(checker.getTypeOfSymbol(property), `${path}.${property.name}`);
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()])
      visitSignature(signature, path);
    for (const { type: value } of checker.getIndexInfosOfType(type)) visit(value, `${path}[]`);
  };

  const visitAll = (types: readonly (ts.Type | undefined)[], path: string): void => {
    for (const type of types) if (type !== undefined) visit(type, path);
  };

  const visitSignature = (signature: ts.Signature, path: string): void => {
    visitAll(signature.getTypeParameters() ?? [], path);
    for (const parameter of signature.getParameters())
      visit(checker.getTypeOfSymbol(parameter), `${path}(${parameter.name})`);
    visit(signature.getReturnType(), `${path}()`);
  };

  for (const exported of checker.getExportsOfModule(module)) {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (symbol.flags & ts.SymbolFlags.Type) visit(checker.getDeclaredTypeOfSymbol(symbol), exported.name);
    if (symbol.flags & ts.SymbolFlags.Value) visit(checker.getTypeOfSymbol(symbol), exported.name);
  }
  return found;
}

function isReference(type: ts.Type): type is ts.TypeReference {
  return ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
}

/** Declared by a package or by the language, and no anonymous type of ours that its helpers (`Pick`) made. */
function isForeign(symbol: ts.Symbol | undefined): boolean {
  if (symbol === undefined || symbol.name === '__type') return false;
  const declarations = symbol.declarations ?? [];
  return (
    declarations.length > 0 && declarations.every((node) => node.getSourceFile().fileName.includes('/node_modules/'))
  );
}
