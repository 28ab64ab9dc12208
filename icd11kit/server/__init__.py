"""The server: ICD-API, FHIR terminology service, plain JSON and the workbench, offline."""
